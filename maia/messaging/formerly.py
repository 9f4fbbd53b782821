"""An appointment that was noted for the wrong person: what its former patient is owed, and what not."""

from django.db.models import Value
from django.db.models.functions import Concat

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.models import Message

Kind, Recipient, Status = Message.Kind, Message.Recipient, Message.Status
NOT_HERS = "another_patient"  # in `reasons`
LEFT = [Status.SENDING, Status.SENT, Status.UNCERTAIN]


def withdraw_from(entry: HistoryEntry) -> bool:
    """Drops what has not left of ``entry.old_patient``; whether she had been told of it before."""
    hers = Message.objects.filter(
        appointment=entry.appointment_id, patient=entry.old_patient_id, recipient=Recipient.PATIENT
    )
    waiting = hers.filter(status=Status.QUEUED)
    waiting.update(status=Status.DROPPED, error=NOT_HERS, lease_until=None)
    # The same reminder is owed to somebody else now: its key is free again.
    reminders = hers.filter(kind=Kind.REMINDER).exclude(key__endswith=_mark(entry))
    reminders.update(key=Concat("key", Value(_mark(entry))))
    return hers.filter(status__in=LEFT).exists()


def is_last(entry: HistoryEntry) -> bool:
    """Whether it was not corrected once more since."""
    acts = HistoryEntry.objects.filter(appointment=entry.appointment_id, action=entry.action)
    return not acts.filter(pk__gt=entry.pk).exists()


def was_told(appointment: Appointment) -> bool:
    """Whether something about it has left to whose it is."""
    hers = Message.objects.filter(appointment=appointment, patient=appointment.patient_id)
    return hers.filter(recipient=Recipient.PATIENT, status__in=LEFT).exists()


def _mark(entry: HistoryEntry) -> str:
    return f":not:{entry.pk}"


def mark_those_to_former(messages: list[Message]) -> None:
    """Their appointment is shown as she knows it: hers, with nothing of whose it is now."""
    for message in messages:
        appointment, patient = message.appointment, message.patient
        if appointment is None or patient is None or message.recipient != Recipient.PATIENT:
            continue
        if appointment.patient_id != patient.pk:
            message.is_to_former = True
            one: Appointment = Appointment.objects.with_details().get(pk=appointment.pk)
            one.patient = patient
            message.appointment = one


def why_not_hers(message: Message) -> str | None:
    """To whom it is not any more nothing is told, but that; to whom it is again, not even that."""
    entry = message.entry
    says_so = message.kind == Kind.CANCELLED and entry is not None and _is_given(entry)
    return NOT_HERS if says_so != message.is_to_former else None


def action_of(message: Message) -> HistoryEntry.Action | None:
    """As what its reader sees what was done: to the one it was booked, to the other cancelled."""
    entry = message.entry
    if entry is None:
        return None
    acts = HistoryEntry.Action
    if _is_given(entry):
        return acts.CANCELLED if message.kind == Kind.CANCELLED else acts.BOOKED
    return acts(entry.action)


def _is_given(entry: HistoryEntry) -> bool:
    return entry.action == HistoryEntry.Action.GIVEN
