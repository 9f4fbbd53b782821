"""Reminders: owed by confirmed appointments, due some days before at a local time (rule 3.6)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.models import Message
from maia.practices.models import Practitioner

Channel, Status = Message.Channel, Message.Status
# Reasons that may not hold any more once the appointment has changed.
REVIVABLE = ("unconfirmed", "box_unticked", "moved_since")


def reminder_due(practitioner: Practitioner, start: datetime) -> datetime:
    """N local days before the local date of ``start``, at the practitioner's time of day.

    A time that does not exist that day, when clocks go forward, is the one an hour later.
    """
    zone = practitioner.practice.zone
    day = start.astimezone(zone).date() - timedelta(days=practitioner.reminder_days_before)
    return datetime.combine(day, practitioner.reminder_time, zone)


def reminders_of(
    appointment: Appointment,
    *,
    since: datetime,
    entry: HistoryEntry | None = None,
    sms: bool = True,
) -> Iterator[Message]:
    """What a confirmed appointment owes. ``since``: the instant that made it owe them.

    Past its time already, the email says nothing that the confirmation does not: it is dropped; the
    SMS goes at once, unless ``sms`` is false because another one says it all.
    """
    if appointment.status != Appointment.Status.CONFIRMED or appointment.start <= since:
        return
    due = reminder_due(appointment.practitioner, appointment.start)
    late = due <= since
    if appointment.email_reminder:
        message = _reminder(appointment, entry, Channel.EMAIL, due=due, since=since)
        if late:
            message.status, message.error = Status.DROPPED, "late"
        yield message
    if appointment.sms_reminder and not (late and not sms):
        yield _reminder(appointment, entry, Channel.SMS, due=since if late else due, since=since)


def owe(messages: Iterable[Message]) -> None:
    """Writes them, each once: its key says so. A reminder that was dropped for a reason that has
    gone is owed again."""
    owed = {message.key: message for message in messages}
    Message.objects.bulk_create(owed.values(), ignore_conflicts=True)
    reminders = [key for key, message in owed.items() if message.kind == Message.Kind.REMINDER]
    dropped = Message.objects.filter(key__in=reminders, status=Status.DROPPED, error__in=REVIVABLE)
    for old in dropped if reminders else ():
        new = owed[old.key]
        Message.objects.filter(pk=old.pk, status=Status.DROPPED).update(
            status=new.status, error=new.error, due_at=new.due_at, try_after=new.due_at, attempts=0
        )


def reschedule(practitioner: Practitioner, now: datetime) -> None:
    """After she changed the day or the time: her waiting reminders follow.

    One whose new time has passed already keeps its old one, rather than leave in the middle of
    whatever hour she saves at.
    """
    changed = []
    for message in _waiting(practitioner):
        assert message.occurrence is not None
        due = reminder_due(practitioner, message.occurrence)
        if due > now and due != message.due_at and message.attempts == 0:
            message.due_at = message.try_after = due
            changed.append(message)
    Message.objects.bulk_update(changed, ["due_at", "try_after"], batch_size=500)


def _waiting(practitioner: Practitioner) -> QuerySet[Message]:
    found: QuerySet[Message] = Message.objects.filter(
        kind=Message.Kind.REMINDER,
        status=Status.QUEUED,
        appointment__event__practitioner=practitioner,
    )
    return found


def _reminder(
    appointment: Appointment,
    entry: HistoryEntry | None,
    channel: Message.Channel,
    *,
    due: datetime,
    since: datetime,
) -> Message:
    return Message(
        practice_id=appointment.practice_id,
        appointment=appointment,
        patient_id=appointment.patient_id,
        entry=entry,
        occurrence=appointment.start,
        kind=Message.Kind.REMINDER,
        recipient=Message.Recipient.PATIENT,
        channel=channel,
        key=f"reminder:{appointment.pk}:{appointment.start.timestamp():.0f}:{channel}",
        due_at=due,
        try_after=due,
        created_at=since,
    )
