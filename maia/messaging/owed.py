"""What is owed: turns history entries and invitations into messages, once each.

The entry was written in the booking's own transaction, so a booking that was rolled back owes
nothing and one that was committed is never forgotten.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from maia.accounts.waits import come
from maia.appointments.agenda import LONGEST_WAIT
from maia.appointments.models import HistoryEntry
from maia.invitations.models import Invitation
from maia.messaging.formerly import is_last, withdraw_from
from maia.messaging.grouping import owe_those_it_spoke_for
from maia.messaging.hooks import told_to, webhooks_by_practice
from maia.messaging.judge import why_no_reminder
from maia.messaging.models import Message
from maia.messaging.reminders import REVIVABLE, owe, reminders_of
from maia.webhooks.events import NAMES

BATCH = 200
# A change by the practice closer than this to the old or the new start is told by SMS as well.
SHORT_NOTICE = timedelta(hours=24)

Action, Actor = HistoryEntry.Action, HistoryEntry.Actor
Channel, Kind, Recipient = Message.Channel, Message.Kind, Message.Recipient
_KINDS = {
    Action.BOOKED: Kind.CONFIRMATION,
    Action.MOVED: Kind.MOVED,
    Action.CANCELLED: Kind.CANCELLED,
    Action.CONFIRMED: Kind.CONFIRMED,
    Action.EXPIRED: Kind.CANCELLED,
}


def announce(now: datetime) -> int:
    """Writes the messages that new history entries and invitations owe; how many of those."""
    return _announce_entries(now) + _announce_invitations(now)


def _announce_entries(now: datetime) -> int:
    can_be_told = Q(owed_from=None) | come("owed_from", now, LONGEST_WAIT)
    new = HistoryEntry.objects.filter(can_be_told, announced=False)
    if not new.exists():  # an idle worker takes no lock
        return 0
    with transaction.atomic():
        entries = list(
            _locked(new.order_by("id")).select_related(
                "appointment__patient",
                "appointment__event__type",
                "appointment__event__practitioner__practice",
                "appointment__event__place",
                "old_patient",
            )[:BATCH]
        )
        webhooks = webhooks_by_practice(entries)
        owe(message for entry in entries for message in _owed_by(entry, now))
        owe(
            told_to(webhook, entry, now)
            for entry in entries
            if entry.action in NAMES
            for webhook in webhooks.get(entry.appointment.practice_id, [])
        )
        changed = [e.appointment_id for e in entries if e.action != Action.BOOKED]
        if changed:
            _drop_reminders_of(changed, now)
        HistoryEntry.objects.filter(pk__in=[e.pk for e in entries]).update(announced=True)
    return len(entries)


def _drop_reminders_of(changed: list[int], now: datetime) -> None:
    """The practice sees at once that nobody is reminded of what is cancelled, nor of an old time. What
    changes back owes them again (see `reminders.owe`)."""
    waiting = Message.objects.filter(kind=Kind.REMINDER, status=Message.Status.QUEUED)
    for reminder in waiting.filter(appointment__in=changed).select_related(
        "practice", "appointment__event"
    ):
        reason = why_no_reminder(reminder, now)
        if reason not in ("cancelled_since", *REVIVABLE):
            continue
        dropped = waiting.filter(pk=reminder.pk).update(
            status=Message.Status.DROPPED, error=reason, lease_until=None
        )
        if dropped and reminder.is_sms_reminder:
            owe_those_it_spoke_for(reminder, now)


def _announce_invitations(now: datetime) -> int:
    new = Invitation.objects.filter(announced=False)
    if not new.exists():
        return 0
    with transaction.atomic():
        invitations = list(_locked(new.order_by("id"))[:BATCH])
        owe(
            Message(
                practice_id=invitation.practice_id,
                invitation=invitation,
                patient_id=invitation.patient_id,
                kind=Kind.INVITATION,
                recipient=Recipient.MEMBER if invitation.is_to_team else Recipient.PATIENT,
                channel=Channel.EMAIL,
                key=f"invitation:{invitation.pk}:{invitation.round}",
                due_at=now,
                try_after=now,
            )
            for invitation in invitations
        )
        Invitation.objects.filter(pk__in=[i.pk for i in invitations]).update(announced=True)
    return len(invitations)


def _owed_by(entry: HistoryEntry, now: datetime) -> Iterator[Message]:
    """Rule 3.6: to the patient, to the practitioner when the patient did it, or waits for an answer."""
    appointment = entry.appointment
    kind = _KINDS.get(Action(entry.action))
    by_sms = False
    if kind is not None:
        for channel in told_by(entry):
            yield _told(entry, kind, Recipient.PATIENT, channel, now)
            by_sms = by_sms or channel == Channel.SMS
        if entry.actor == Actor.PATIENT:
            yield _told(entry, Kind.NOTICE, Recipient.PRACTITIONER, Channel.EMAIL, now)
    if entry.action == Action.GIVEN:
        yield from _told_of_correction(entry, now)
    if entry.action == Action.RECALLED:
        yield _told(entry, Kind.NOTICE, Recipient.PRACTITIONER, Channel.EMAIL, now)
    # Moved again since: the later entry owes the reminders of the new time.
    if entry.new_start in (None, appointment.start) and not entry.ends_it:
        yield from reminders_of(appointment, since=entry.at, entry=entry, sms=not by_sms)


def _told_of_correction(entry: HistoryEntry, now: datetime) -> Iterator[Message]:
    """To whom it is now, as of a new one; to whom it was, if she believes it to be hers."""
    if entry.appointment.email_reminder and is_last(entry):
        yield _told(entry, Kind.CONFIRMATION, Recipient.PATIENT, Channel.EMAIL, now)
    if withdraw_from(entry) and entry.tells:
        former = entry.old_patient
        assert former is not None
        channel = Channel.EMAIL if former.email else Channel.SMS
        message = _told(entry, Kind.CANCELLED, Recipient.PATIENT, channel, now)
        message.patient, message.key = former, f"entry:{entry.pk}:former:{channel}"
        yield message


def told_by(entry: HistoryEntry) -> list[Message.Channel]:
    """How the patient is told of what was done, or would be: ``entry`` need not be saved."""
    channels: list[Message.Channel] = []
    # The practice has said so, or took the act back meanwhile.
    if not entry.tells or entry.action not in _KINDS:
        return channels
    if entry.actor == Actor.PATIENT or entry.appointment.email_reminder:
        channels.append(Channel.EMAIL)
    if _also_by_sms(entry):
        channels.append(Channel.SMS)
    return channels


def _also_by_sms(entry: HistoryEntry) -> bool:
    """The practice moved, cancelled or confirmed: at short notice, or nothing else reaches her."""
    if entry.actor == Actor.PATIENT or entry.action == Action.BOOKED:
        return False
    if not entry.appointment.patient.email:
        return True
    if entry.action in (Action.CONFIRMED, Action.EXPIRED):
        return False
    starts = [start for start in (entry.old_start, entry.new_start) if start is not None]
    return min(starts) - entry.at < SHORT_NOTICE


def _told(
    entry: HistoryEntry,
    kind: Message.Kind,
    recipient: Message.Recipient,
    channel: Message.Channel,
    now: datetime,
) -> Message:
    to_patient = recipient == Recipient.PATIENT
    return Message(
        practice_id=entry.appointment.practice_id,
        appointment=entry.appointment,
        patient_id=entry.appointment.patient_id if to_patient else None,
        practitioner=None if to_patient else entry.appointment.practitioner,
        entry=entry,
        occurrence=entry.new_start or entry.old_start,
        kind=kind,
        recipient=recipient,
        channel=channel,
        key=f"entry:{entry.pk}:{recipient}:{channel}",
        due_at=now,
        try_after=now,
    )


def _locked(rows: Any) -> Any:
    """For update; rows in another worker's hands are passed over where the engine can."""
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(of=("self",) if skip else (), skip_locked=skip)
