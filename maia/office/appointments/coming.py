"""*Prochains créneaux*: the next free times, beside the form that one of them is taken into."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.appointments.coming import Part, coming_slots
from maia.appointments.dates import weekday_date
from maia.appointments.models import Appointment
from maia.appointments.offer import why_not_offered
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.fields.days import read_day, read_wall
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

DAYS = 5  # shown at once
LOOK, TAKE = "look", "take"  # buttons of the form, without a script


@office
@require_safe
def availability(request: OfficeRequest) -> HttpResponse:
    """The next free times for a type, of one or all practitioners, notice and horizon not applied."""
    moving = request.GET.get("moving", "")
    appointment = get_appointment(request, parse_id(moving) or 0) if moving else None
    context = coming_times(request, request.GET, appointment)
    return render(request, "office/appointments/_availability.html", context)


def coming_times(
    request: OfficeRequest, typed: QueryDict, appointment: Appointment | None = None
) -> dict[str, Any]:
    """What the times beside the form show: ``coming`` is None where it is not said of what."""
    practice = request.seat.practice
    types = AppointmentType.objects.filter(practice=practice).select_related("practice")
    type = types.filter(pk=parse_id(typed.get("type", "")) or 0).first()
    if type is None and appointment is not None:
        type = appointment.type
    day = read_day(typed.get("after") or typed.get("from") or typed.get("date", ""))
    if type is None or day is None:
        return {"coming": None, "asked": True}
    part = next((one for one in Part if one == typed.get("part")), None)
    team = _who(request, typed, type)
    without = appointment.event if appointment is not None else None
    coming = coming_slots(
        type, team, day, now=timezone.now(), part=part, days=DAYS, without=without
    )
    return {
        "coming": coming,
        "said": _said(coming),
        "asked": True,
        "day": day,
        "several": len(team) > 1,
        "after": max(coming) + timedelta(days=1) if len(coming) == DAYS else None,
    }


def _said(coming: dict[date, Any]) -> str:
    """How many, and from which day: what is heard, instead of each time."""
    count = sum(len(slots) for slots in coming.values())
    if not count:
        return ""
    words = ngettext(
        "%(count)d free time, from %(day)s.", "%(count)d free times, from %(day)s.", count
    )
    return words % {"count": count, "day": weekday_date(min(coming))}


def _who(request: OfficeRequest, typed: QueryDict, type: AppointmentType) -> list[Practitioner]:
    """The one who is chosen, or all who offer it."""
    team = request.seat.practice.practitioners.filter(is_active=True)
    if not typed.get("everybody"):
        team = team.filter(pk=parse_id(typed.get("practitioner", "")) or 0)
    return [one for one in team if why_not_offered(type, one, online=False) is None]


def taken_from(request: OfficeRequest) -> dict[str, Any]:
    """What was typed, with the time that was taken in its place: for a form that is shown again."""
    typed: dict[str, Any] = dict(request.POST.items())
    start, _space, practitioner = typed.pop(TAKE, "").partition(" ")
    when = read_wall(start, request.seat.practice.zone)
    if when is not None:
        typed |= {"date": when.date(), "time": when.time(), "until": ""}
        typed["practitioner"] = practitioner or typed.get("practitioner", "")
    return typed


def is_looking(request: OfficeRequest) -> bool:
    return bool({LOOK, TAKE, "after"} & request.POST.keys())
