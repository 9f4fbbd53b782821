"""Several appointments of one patient on one day make one SMS (rule 3.6).

The earliest of them speaks for all.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet

from maia.appointments.models import Appointment
from maia.messaging.models import Message

Status = Message.Status


def mark_those_alone(messages: Sequence[Message]) -> None:
    """Tells apart, in one query, the reminders whose patient has nothing else around that day."""
    starts = [m.occurrence for m in messages if m.occurrence is not None]
    if not starts:
        return
    day = timedelta(days=1)
    several = (
        Appointment.objects.filter(
            patient__in={m.patient_id for m in messages},
            status=Appointment.Status.CONFIRMED,
            sms_reminder=True,
            event__start__range=(min(starts) - day, max(starts) + day),
        )
        .values("patient")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    not_alone = {row["patient"] for row in several}
    for message in messages:
        message.is_alone = message.patient_id not in not_alone


def on_its_day(message: Message) -> list[Appointment]:
    """The appointments that an SMS reminder speaks of, its own among them, in order."""
    mine = message.appointment
    assert mine is not None
    if message.is_alone:
        return [mine]
    _, tomorrow = _day_of(message)
    return list(
        Appointment.objects.with_details()
        .filter(
            patient=mine.patient_id,
            practice=mine.practice_id,
            status=Appointment.Status.CONFIRMED,
            sms_reminder=True,
            event__start__gte=mine.start,
            event__start__lt=tomorrow,
        )
        .order_by("event__start", "pk")
    )


def speaks_for_it(message: Message) -> Message | None:
    """The SMS of an earlier appointment of that day that says this one too, or None.

    It waits, or it left after this one was owed; one that left before knew nothing of it.
    """
    if message.is_alone:
        return None
    midnight, _ = _day_of(message)
    assert message.occurrence is not None
    earlier: Message | None = (
        _reminders_of_the_day(message, midnight, message.occurrence)
        .filter(
            Q(status__in=[Status.QUEUED, Status.SENDING])
            | Q(status__in=_LEFT, sent_at__gte=message.created_at)
        )
        .order_by("occurrence", "pk")
        .first()
    )
    return earlier


def owe_those_it_spoke_for(message: Message, now: datetime) -> None:
    """It will not be sent after all: what counted on it stands for itself again."""
    _, tomorrow = _day_of(message)
    assert message.occurrence is not None
    _reminders_of_the_day(message, message.occurrence, tomorrow).filter(
        status=Status.DROPPED, error="grouped"
    ).update(status=Status.QUEUED, error="", try_after=now)


def _day_of(message: Message) -> tuple[datetime, datetime]:
    """The local midnights around the start that it speaks of."""
    assert message.occurrence is not None
    zone = message.practice.zone
    day = message.occurrence.astimezone(zone).date()
    start, end = (datetime.combine(day + timedelta(days=n), time(), zone) for n in (0, 1))
    return start, end


_LEFT = [Status.SENT, Status.UNCERTAIN]


def _reminders_of_the_day(message: Message, start: datetime, end: datetime) -> QuerySet[Message]:
    """Others' of the same patient between two instants, for appointments that still stand."""
    found: QuerySet[Message] = Message.objects.filter(
        kind=Message.Kind.REMINDER,
        channel=Message.Channel.SMS,
        patient=message.patient_id,
        practice=message.practice_id,
        occurrence__gte=start,
        occurrence__lt=end,
        appointment__status=Appointment.Status.CONFIRMED,
        appointment__sms_reminder=True,
        appointment__event__start=F("occurrence"),
    )
    return found.exclude(pk=message.pk)
