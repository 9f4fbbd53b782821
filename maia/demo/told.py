"""What was said of appointments in the demo: a patient's word, and a move that nobody was told of."""

from datetime import datetime, time, timedelta
from typing import Any

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By, Telling
from maia.appointments.coming import coming_slots
from maia.appointments.exceptions import BookingRefused
from maia.appointments.models import Appointment, HistoryEntry
from maia.practices.models import Practice

WORD = "Mon bébé est arrivé cette nuit, un peu en avance. Je vous rappelle pour la visite !"
FROM, ENOUGH = (
    timedelta(days=9),
    20,
)  # from that midnight on; appointments looked at: one of them has a free time near


def tell_words(practice: Practice, now: datetime) -> None:
    """One who cancels says why; another one is dragged to a free time near, and is told nothing."""
    today = now.astimezone(practice.zone).date()
    since = datetime.combine(today + FROM, time(), practice.zone)
    ahead = Appointment.objects.with_details().filter(
        practice=practice,
        status=Appointment.Status.CONFIRMED,
        event__start__gte=since,
        patient__user=None,  # those two keep what they have
    )
    asked = ahead.filter(booked_online=True).order_by("event__start", "pk").first()
    if asked is not None:
        cancel_appointment(asked, by=By.patient(None), now=now, telling=Telling(words=WORD))
    _drag_untold(ahead.exclude(pk=asked.pk if asked else 0), now)
    # What leaves of it has left: the mailbox begins empty.
    HistoryEntry.objects.filter(appointment__practice=practice).update(announced=True)


def _drag_untold(ahead: Any, now: datetime) -> None:
    by = By.practice(None)
    for one in ahead.order_by("event__start", "pk")[:ENOUGH]:
        day = one.start.astimezone(one.practice.zone).date()
        for slots in coming_slots(one.type, [one.practitioner], day, now=now, days=2).values():
            try:
                move_appointment(one, slots[0].start, by=by, now=now, telling=Telling(tell=False))
            except BookingRefused:
                continue
            return
