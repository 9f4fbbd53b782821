"""*Prochains créneaux*: the next free times, beside the form that one of them is taken into."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.appointments.coming import Part, coming_slots
from maia.appointments.dates import weekday_date
from maia.appointments.models import Appointment
from maia.appointments.offer import why_not_offered
from maia.availability.weekly import monday_of
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.fields.days import read_day, read_wall
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

DAYS = 5  # shown at once: a week of work
WEEKS = (1, 4, 6)  # what is said at the end of a visit: "in a week", "in four weeks"
LOOK, TAKE, AFTER, JUMP = "look", "take", "after", "jump"  # buttons of the form, without a script


class Jump(NamedTuple):
    """A wished date that is one tap away: as it is heard, and what of it is seen after ``in``."""

    words: str
    seen: str
    day: date


class Weekday(NamedTuple):
    """``number``: 0 for Monday."""

    number: int
    name: str
    is_chosen: bool


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
    above = wishes(typed, appointment)
    day = above["from_day"]
    if type is None or day is None:
        return {"coming": None, "asked": True, **above}
    team = _who(request, typed, type, day)
    coming = coming_slots(
        type,
        team,
        read_day(typed.get(AFTER, "")) or day,
        now=timezone.now(),
        part=_part(typed),
        weekdays=[one.number for one in above["weekdays"] if one.is_chosen],
        days=DAYS,
        without=appointment.event if appointment is not None else None,
    )
    return {
        "coming": coming,
        "said": _said(coming),
        "none_on": _none_on(typed, day, coming),
        "asked": True,
        "several": len(team) > 1,
        "after": max(coming) + timedelta(days=1) if len(coming) == DAYS else None,
        **above,
    }


def wishes(typed: QueryDict, appointment: Appointment | None = None) -> dict[str, Any]:
    """What stands above the times: from when on, the dates that are one tap away, parts of the day,
    days of the week, of everybody or not."""
    day = _wished(typed)
    if day is None and appointment is not None:
        day = max(timezone.localdate(appointment.start), timezone.localdate())
    return {
        "from_day": day,
        "today": timezone.localdate(),
        "jumps": _jumps(appointment),
        "parts": typed.getlist("part"),
        "weekdays": _weekdays(typed),
        "everybody": bool(typed.get("everybody")),
    }


def _wished(typed: QueryDict) -> date | None:
    """From which day on; a press on one of `_jumps` comes before what stands in the field."""
    return read_day(typed.get(JUMP) or typed.get("from") or typed.get("date", ""))


def _jumps(appointment: Appointment | None) -> list[Jump]:
    """While moving, weeks are counted from where the appointment is."""
    today = timezone.localdate()
    if appointment is None or timezone.localdate(appointment.start) < today:
        return in_weeks(today)
    return in_weeks(timezone.localdate(appointment.start), _("%(weeks)s later"))


def in_weeks(counted: date, words: str = "") -> list[Jump]:
    """The weeks that are mostly meant, each from its Monday on: five days that have free times are that
    week. ``words``: of what is heard, *in four weeks* if they are not given."""
    jumps = []
    for weeks in WEEKS:
        seen = ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}
        then = counted + timedelta(weeks=weeks)
        monday = monday_of(then)
        jumps.append(Jump((words or _("In %(weeks)s")) % {"weeks": seen}, seen, monday))
    return jumps


def _weekdays(typed: QueryDict) -> list[Weekday]:
    chosen = typed.getlist("weekday")
    return [
        Weekday(number, str(WEEKDAYS[number]), str(number) in chosen)
        for number in range(len(WEEKDAYS))
    ]


def _part(typed: QueryDict) -> Part | None:
    """None: all day, as with neither or both of them."""
    parts = {one for one in Part if one in typed.getlist("part")}
    return parts.pop() if len(parts) == 1 else None


def _said(coming: dict[date, Any]) -> str:
    """How many, and from which day: what is heard, instead of each time."""
    count = sum(len(slots) for slots in coming.values())
    if not count:
        return ""
    words = ngettext(
        "%(count)d free time, from %(day)s.", "%(count)d free times, from %(day)s.", count
    )
    return words % {"count": count, "day": weekday_date(min(coming))}


def _none_on(typed: QueryDict, day: date, coming: dict[date, Any]) -> str:
    """That the day which was wished for has no time at all, where others are shown instead."""
    is_narrowed = any(typed.getlist(name) for name in ("part", "weekday", AFTER))
    if is_narrowed or not coming or day in coming:
        return ""
    return _("Nothing free on %(day)s; then:") % {"day": weekday_date(day)}


def _who(
    request: OfficeRequest, typed: QueryDict, type: AppointmentType, day: date
) -> list[Practitioner]:
    """The one who is chosen, or all who offer it from ``day`` on."""
    team = request.seat.practitioners.filter(is_active=True).with_substitutions()
    if not typed.get("everybody"):
        team = team.filter(pk=parse_id(typed.get("practitioner", "")) or 0)
    return [
        one
        for one in team
        if why_not_offered(type, one, online=False, day=day, or_later=True) is None
    ]


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
    return bool({LOOK, TAKE, AFTER, JUMP} & request.POST.keys())
