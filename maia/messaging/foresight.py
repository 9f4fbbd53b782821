"""What an act of the practice would send to the patient, said before it is done.

It asks what writes messages and what judges them: what is said is what leaves.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.judge import why_unreachable
from maia.messaging.models import Message
from maia.messaging.owed import told_by

Channel = Message.Channel


def would_be_told(
    appointment: Appointment, action: HistoryEntry.Action, now: datetime
) -> list[Message.Channel]:
    """The channels on which something would leave, were this done now."""
    if appointment.end <= now:
        return []
    cancels = action == HistoryEntry.Action.CANCELLED
    act = HistoryEntry(
        appointment=appointment,
        action=action,
        actor=HistoryEntry.Actor.PRACTICE,
        at=now,
        old_start=appointment.start if cancels else None,
        new_start=None if cancels else appointment.start,
    )
    patient = appointment.patient
    to = {Channel.EMAIL: patient.email, Channel.SMS: str(patient.mobile)}
    return [
        channel for channel in told_by(act) if not why_unreachable(channel, to[channel], patient)
    ]


def in_words(channels: list[Message.Channel]) -> str:
    match channels:
        case [Channel.EMAIL, Channel.SMS]:
            return _("An email and an SMS go to the patient.")
        case [Channel.EMAIL]:
            return _("An email goes to the patient.")
        case [Channel.SMS]:
            return _("An SMS goes to the patient.")
    return _("No message goes to the patient.")
