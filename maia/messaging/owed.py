"""What is owed: turns history entries into messages, once each.

The entry was written in the booking's own transaction, so a booking that was rolled back owes
nothing and one that was committed is never forgotten.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from maia.appointments.models import HistoryEntry
from maia.invitations.models import Invitation
from maia.messaging.models import Message

BATCH = 200

Recipient = Message.Recipient

_KINDS = {
    HistoryEntry.Action.BOOKED: Message.Kind.CONFIRMATION,
    HistoryEntry.Action.MOVED: Message.Kind.MOVED,
    HistoryEntry.Action.CANCELLED: Message.Kind.CANCELLED,
    HistoryEntry.Action.CONFIRMED: Message.Kind.CONFIRMED,
}


def announce(now: datetime) -> int:
    """Writes the messages that new history entries and invitations owe; how many of those."""
    return _announce_entries(now) + _announce_invitations(now)


def _announce_entries(now: datetime) -> int:
    new = HistoryEntry.objects.filter(announced=False)
    if not new.exists():  # an idle worker takes no lock
        return 0
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        entries = list(
            new.select_for_update(of=("self",) if skip else (), skip_locked=skip)
            .select_related("appointment")
            .order_by("id")[:BATCH]
        )
        owed = [message for entry in entries for message in _owed_by(entry, now)]
        Message.objects.bulk_create(owed, ignore_conflicts=True)
        HistoryEntry.objects.filter(pk__in=[e.pk for e in entries]).update(announced=True)
    return len(entries)


def _announce_invitations(now: datetime) -> int:
    new = Invitation.objects.filter(announced=False)
    if not new.exists():
        return 0
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        invitations = list(new.select_for_update(skip_locked=skip).order_by("id")[:BATCH])
        owed = [
            Message(
                practice_id=invitation.practice_id,
                invitation=invitation,
                kind=Message.Kind.INVITATION,
                recipient=Recipient.MEMBER if invitation.is_to_team else Recipient.PATIENT,
                channel=Message.Channel.EMAIL,
                key=f"invitation:{invitation.pk}:{invitation.round}",
                due_at=now,
                try_after=now,
            )
            for invitation in invitations
        ]
        Message.objects.bulk_create(owed, ignore_conflicts=True)
        Invitation.objects.filter(pk__in=[i.pk for i in invitations]).update(announced=True)
    return len(invitations)


def _owed_by(entry: HistoryEntry, now: datetime) -> Iterator[Message]:
    """Product rule 3.6: to the patient, to the practitioner when the patient did it."""
    kind = _KINDS.get(HistoryEntry.Action(entry.action))
    if kind is None:  # what the practice writes for itself
        return
    by_patient = entry.actor == HistoryEntry.Actor.PATIENT
    if by_patient or entry.appointment.email_reminder:
        yield _message(entry, kind, Recipient.PATIENT, now)
    if by_patient:
        yield _message(entry, Message.Kind.NOTICE, Recipient.PRACTITIONER, now)


def _message(
    entry: HistoryEntry, kind: Message.Kind, recipient: Message.Recipient, now: datetime
) -> Message:
    return Message(
        practice_id=entry.appointment.practice_id,
        appointment=entry.appointment,
        entry=entry,
        kind=kind,
        recipient=recipient,
        channel=Message.Channel.EMAIL,
        key=f"entry:{entry.pk}:{recipient}:email",
        due_at=now,
        try_after=now,
    )
