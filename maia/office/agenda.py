"""The agenda: the page, and what its calendar draws."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maia.appointments.models import Appointment, Event
from maia.appointments.opening import closed_times
from maia.office.access import CHOSEN, OfficeRequest, office
from maia.office.checklist import checklist
from maia.practices.colours import ink_on
from maia.schedules.models import AppointmentType

MAX_DAYS = 62


@office
@require_safe
def agenda(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    practitioners = list(practice.practitioners.filter(is_active=True))
    mine = request.seat.practitioner
    return render(
        request,
        "office/agenda.html",
        {
            "practice": practice,
            "practitioners": practitioners,
            "mine": mine,
            "checklist": checklist(request.seat),
            "types": AppointmentType.objects.filter(practice=practice, archived=False),
            "config": {
                "events": reverse("office:events"),
                "new": reverse("office:new"),
                "resources": [{"id": p.pk, "title": p.name} for p in practitioners],
                "now": _wall(timezone.now()),
                "offset": f"{timezone.localtime():%z}"[:3]
                + ":"
                + f"{timezone.localtime():%z}"[3:5],
            },
        },
    )


@office
@require_safe
def events(request: OfficeRequest) -> HttpResponse:
    """Events from ``start`` to ``end`` (local times), as Event Calendar reads them. Two queries."""
    zone = request.seat.practice.zone
    start, end = (_instant(request.GET.get(name, ""), zone) for name in ("start", "end"))
    if start is None or end is None or not 0 < (end - start).days <= MAX_DAYS:
        return JsonResponse({"error": "range"}, status=400)
    found = Event.objects.filter(practice=request.seat.practice, end__gt=start, start__lt=end)
    practitioner, type = (_id(request.GET.get(name, "")) for name in ("practitioner", "type"))
    if practitioner:
        found = found.filter(practitioner_id=practitioner)
    if type:
        found = found.filter(type_id=type)
    rows = [
        _drawn(event)
        for event in found.filter(blocking=True)
        .select_related("type")
        .prefetch_related("appointments__patient")
    ]
    practitioners = request.seat.practice.practitioners.filter(is_active=True)
    if practitioner:
        practitioners = practitioners.filter(pk=practitioner)
    rows += [
        {
            "resourceIds": [closed.pk],
            "start": _wall(interval.start),
            "end": _wall(interval.end),
            "display": "background",
            "classNames": ["closed"],
        }
        for closed, intervals in closed_times(list(practitioners), start, end)
        for interval in intervals
    ]
    return JsonResponse(rows, safe=False)


@office
@require_POST
def choose_practice(request: OfficeRequest, pk: int) -> HttpResponse:
    if any(seat.practice.pk == pk for seat in request.seats):
        request.session[CHOSEN] = pk
    return redirect("office:agenda")


def _drawn(event: Event) -> dict[str, Any]:
    appointment = next(iter(event.appointments.all()), None)
    colour = event.type.colour if event.type else "#8a8f8c"
    drawn: dict[str, Any] = {
        "id": event.pk,
        "resourceIds": [event.practitioner_id],
        "start": _wall(event.start),
        "end": _wall(event.end),
        "title": event.title,
        "backgroundColor": colour,
        "textColor": ink_on(colour),
        "classNames": [],
        "editable": False,
        "extendedProps": {
            "type": event.type.name if event.type else "",
            "url": reverse("office:event", args=[event.pk]),
        },
    }
    if appointment is not None:
        drawn["title"] = appointment.patient.name
        drawn["classNames"] = _marks(appointment, event)
        drawn["editable"] = True
        drawn["extendedProps"] |= {
            "url": reverse("office:sheet", args=[appointment.pk]),
            "move": reverse("office:move", args=[appointment.pk]),
            "version": appointment.version,
            "marks": _words(appointment),
        }
    return drawn


def _id(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 19 else None


def _marks(appointment: Appointment, event: Event) -> list[str]:
    return [
        *(["online"] if appointment.booked_online else []),
        *(["unconfirmed"] if appointment.status == Appointment.Status.UNCONFIRMED else []),
        *(["overlap"] if not event.exclusive else []),
        *(["no-show"] if appointment.attendance == Appointment.Attendance.NO_SHOW else []),
    ]


def _words(appointment: Appointment) -> list[str]:
    words = [appointment.get_status_display()] if appointment.status == "unconfirmed" else []
    return [*words, *([_("booked online")] if appointment.booked_online else [])]


def _wall(instant: datetime) -> str:
    """The practice's wall clock, without offset: the calendar shows it as it is."""
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M:%S")


def _instant(text: str, zone: Any) -> datetime | None:
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    if read is None:
        return None
    return read.replace(tzinfo=None).replace(tzinfo=zone)


def get_appointment(request: OfficeRequest, pk: int) -> Appointment:
    """One of her practice's, or 404."""
    hers = Appointment.objects.with_details().filter(practice=request.seat.practice)
    found: Appointment = get_object_or_404(hers, pk=pk)
    return found
