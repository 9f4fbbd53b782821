"""What a later move has overtaken: its message says what is true now, as long as it is not taken back.

So the earlier message stands behind the later one. Once that has left, the earlier one has nothing to
say; where it was taken back or tells nothing, the earlier one leaves itself, and says what is true then.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from maia.accounts.waits import has_come
from maia.appointments.agenda import LONGEST_WAIT
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.formerly import action_of
from maia.messaging.models import Message

Acts, Kind, Status = HistoryEntry.Action, Message.Kind, Message.Status

SOON = timedelta(seconds=2)  # a worker is about to write what is owed
LOOK = timedelta(seconds=30)  # again, at one that leaves by another way
STEP = timedelta(milliseconds=1)


class Behind(NamedTuple):
    """Nobody takes it before ``until``, nor before what was due earlier than ``due_at``."""

    until: datetime
    due_at: datetime


def stands_behind(message: Message, now: datetime) -> Behind | None:
    """Where a message of an act is put back to; None: no later move is still to be told.

    Also where its appointment has changed since it was read: it is read again.
    """
    entry, appointment = message.entry, message.appointment
    if entry is None or appointment is None or not _says_where(message):
        return None
    if entry.made_version == appointment.version:  # the last act, when it was read
        return None
    version = Appointment.objects.values_list("version", flat=True).get(pk=appointment.pk)
    if version != appointment.version:
        return Behind(now, message.due_at)
    unwritten = _moves_since(entry).filter(announced=False, tells=True).order_by("-pk").first()
    if unwritten is not None:
        held_until = unwritten.owed_from
        if held_until is None or has_come(held_until, now, LONGEST_WAIT):
            held_until = now + SOON
        return Behind(held_until, message.due_at)
    on_their_way = [Status.QUEUED, Status.SENDING]
    later = _of_moves_since(message).filter(status__in=on_their_way).order_by("-due_at").first()
    if later is None:
        return None
    # To one patient by one channel they leave in order, and nobody need look meanwhile.
    in_order = later.patient_id is not None and (later.patient_id, later.channel) == (
        message.patient_id,
        message.channel,
    )
    until = now if in_order else now + LOOK
    return Behind(until, max(message.due_at, later.due_at + STEP))


def is_told_since(message: Message) -> bool:
    """Whether the message of a later move has left, perhaps, or failed where the practice sees it."""
    entry, appointment = message.entry, message.appointment
    assert entry is not None
    assert appointment is not None
    if entry.made_version == appointment.version:
        return False
    told = [Status.SENT, Status.UNCERTAIN, Status.FAILED]
    return bool(_of_moves_since(message).filter(status__in=told).exists())


def _says_where(message: Message) -> bool:
    about_acts = (Kind.CONFIRMATION, Kind.MOVED, Kind.CONFIRMED, Kind.NOTICE)
    return message.kind in about_acts and action_of(message) not in (Acts.CANCELLED, Acts.EXPIRED)


def _moves_since(entry: HistoryEntry) -> Any:
    return HistoryEntry.objects.filter(
        appointment=entry.appointment_id, pk__gt=entry.pk, action=Acts.MOVED
    )


def _of_moves_since(message: Message) -> Any:
    """What is told of later moves to the same reader."""
    assert message.entry is not None
    return Message.objects.filter(
        entry__in=_moves_since(message.entry),
        recipient=message.recipient,
        kind__in=[Kind.MOVED, Kind.NOTICE],
    )
