"""With what a time overlaps, in words."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from maia.appointments.dates import clock
from maia.appointments.models import Appointment, Event
from maia.appointments.one_place import what_she_has
from maia.appointments.rooms import who_is_in
from maia.patients.models import Patient
from maia.practices.models import Practitioner, Room
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda

MOST = 5


def what_stands(
    seat: Seat,
    practitioner: Practitioner,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    patient: Patient | None = None,
    but: Appointment | None = None,
    rooms: Sequence[Room] = (),
    site: int | None = None,
) -> list[str]:
    """A sentence for each thing of hers in ``[start, end)``, five at most: it names patients; and one
    for what ``patient`` has with somebody else then. ``but``: what is moved there. ``rooms``: of which it needs
    one at ``site``; who is in them is said where none is free, by their practitioners' names."""
    spans = [
        (one.start, one.end, one.patient.name)
        for one in read_agenda(seat, now=now)
        .filter(event__practitioner=practitioner, event__blocking=True)
        .touching(start, end)
        .exclude(pk=but and but.pk)
        .order_by("event__start")[:MOST]
    ]
    personal = Event.objects.filter(
        practitioner=practitioner, kind=Event.Kind.PERSONAL, blocking=True
    ).touching(start, end)
    spans += [
        (one.start, one.end, one.title or _("Personal event"))
        for one in personal.order_by("start")[:MOST]
    ]
    if practitioner == seat.practitioner:
        words = _("You already have %(what)s from %(start)s to %(end)s.")
    else:
        words = _("%(who)s already has %(what)s from %(start)s to %(end)s.")
    sentences = [
        words
        % {
            "who": practitioner.name,
            "what": what,
            "start": clock(timezone.localtime(begins)),
            "end": clock(timezone.localtime(ends)),
        }
        for begins, ends, what in sorted(spans)[:MOST]
    ]
    has = what_she_has(patient, start, end, but=but and [but.event_id]) if patient else None
    if has is not None and has.practitioner != practitioner:
        words = _("%(patient)s has an appointment with %(who)s from %(start)s to %(end)s.")
        if not seat.sees(has.practitioner.pk):
            words = _("%(patient)s has another appointment from %(start)s to %(end)s.")
        sentences.append(
            words
            % {
                "patient": has.patient.name,
                "who": has.practitioner.name,
                "start": clock(timezone.localtime(has.start)),
                "end": clock(timezone.localtime(has.end)),
            }
        )
    here = [room for room in rooms if room.is_at(site)]
    if rooms and not here:
        none_here = _("None of the rooms that this type needs is at that site.")
        return [*sentences, none_here, _("Saved anyway, the appointment has no room.")]
    return sentences + _who_is_in(here, start, end, but)


def _who_is_in(
    rooms: Sequence[Room], start: datetime, end: datetime, but: Appointment | None
) -> list[str]:
    met = who_is_in(rooms, start, end, but=but.event_id if but else 0) if rooms else []
    if {event.room for event in met} != set(rooms):
        return []
    words = _("%(room)s: taken by %(who)s from %(start)s to %(end)s.")
    said = [
        words
        % {
            "room": event.room,
            "who": event.practitioner.name,
            "start": clock(timezone.localtime(event.start)),
            "end": clock(timezone.localtime(event.end)),
        }
        for event in met[:MOST]
    ]
    return [*said, _("Saved anyway, the appointment has no room.")] if said else []
