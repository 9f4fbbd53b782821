"""Whether a message is still true at the moment of sending, and where it goes (product rule 3.6)."""

from datetime import datetime

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.models import Message


def why_not(message: Message, now: datetime) -> str | None:
    """The code of the reason not to send it any more, or None."""
    if message.invitation is not None:
        return message.invitation.why_closed(now)
    appointment, entry = message.appointment, message.entry
    assert appointment is not None
    assert entry is not None
    if not address(message):
        return "no_address"
    if appointment.end <= now:
        return "past"
    if entry.action == HistoryEntry.Action.CANCELLED:
        return None
    # A later message says what is true now.
    if appointment.status == Appointment.Status.CANCELLED:
        return "cancelled_since"
    if appointment.start != entry.new_start:
        return "moved_since"
    return None


def address(message: Message) -> str:
    """Read at the last moment: she may have changed it."""
    if message.invitation is not None:
        return message.invitation.email
    appointment = message.appointment
    assert appointment is not None
    if message.recipient == Message.Recipient.PATIENT:
        return appointment.patient.email
    practitioner = appointment.practitioner
    return practitioner.email or appointment.practice.email
