"""Whether a message is still true at the moment of sending, and where it goes (rule 3.6).

Reasons are codes; `reasons.py` has their words.
"""

from datetime import datetime, timedelta
from typing import assert_never

from django.conf import settings

from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.telling import start_known_before
from maia.messaging.formerly import action_of, why_not_hers
from maia.messaging.grouping import speaks_for_it
from maia.messaging.hooks import why_not_told
from maia.messaging.models import Message
from maia.messaging.overtaken import is_told_since
from maia.messaging.to_book import why_not_to_book
from maia.patients.models import Patient
from maia.patients.phones import is_mobile

STILL_NEWS = timedelta(days=1)  # that a request has expired, after it would have begun

Kind, Channel, Recipient = Message.Kind, Message.Channel, Message.Recipient


def why_not(message: Message, now: datetime) -> str | None:
    """The code of the reason not to send it any more, or None."""
    match Kind(message.kind):
        case Kind.EVENT:
            return why_not_told(message, now)
        case Kind.TEST:
            if message.webhook is not None:
                return why_not_told(message, now)
            reason = None
        case Kind.INVITATION:
            reason = _why_not_invite(message, now)
        case Kind.TO_BOOK:
            reason = why_not_to_book(message, now)
        case Kind.REMINDER:
            reason = why_no_reminder(message, now)
        case Kind.CONFIRMATION | Kind.MOVED | Kind.CANCELLED | Kind.CONFIRMED | Kind.NOTICE:
            reason = _why_not_tell(message, now)
        case never:
            assert_never(never)
    return why_not_hers(message) or reason or _why_no_address(message)


def will_not_leave(message: Message, now: datetime) -> str | None:
    """Of one that waits, as far as is known now, the code of the reason why its turn will find it
    untrue; or None."""
    if message.status != Message.Status.QUEUED:
        return None
    return why_not(message, max(now, message.due_at))


def address(message: Message) -> str:
    """Of whom it is for, read at the last moment: she may have changed it.

    An email address, a mobile in E.164, or a webhook's address.
    """
    match Recipient(message.recipient):
        case Recipient.PROGRAM:
            assert message.webhook is not None
            return message.webhook.url[:254]
        case Recipient.MEMBER:
            assert message.invitation is not None
            return message.invitation.email
        case Recipient.PATIENT if message.invitation is not None:
            return message.invitation.email  # the one that it was made for
        case Recipient.PATIENT if message.kind == Kind.TO_BOOK:
            return message.patient.email if message.patient is not None else ""
        case Recipient.PATIENT:
            patient = _appointment(message).patient
            return str(patient.mobile) if message.channel == Channel.SMS else patient.email
        case Recipient.PRACTITIONER:
            practitioner = message.practitioner
            assert practitioner is not None
            if message.channel == Channel.SMS:
                return str(practitioner.phone)
            return practitioner.email or practitioner.practice.email
        case never:
            assert_never(never)


def _why_no_address(message: Message) -> str | None:
    to = address(message)
    if message.channel == Channel.SMS and to and is_mobile(to):
        if message.is_sms_reminder and _appointment(message).patient.no_sms:
            return "no_sms"
    return why_unreachable(Channel(message.channel), to, message.patient)


def why_unreachable(channel: Message.Channel, to: str, patient: Patient | None) -> str | None:
    """The code of the reason why nothing can be sent to ``to``, or None."""
    if channel == Channel.SMS:
        if not to:
            return "no_mobile"
        if not is_mobile(to):
            return "not_mobile"
        return None if settings.SMS_URL else "no_sms_provider"
    if not to:
        return "no_address"
    if patient is not None and patient.email_is_undeliverable:
        return "undeliverable"
    return None


def _why_not_invite(message: Message, now: datetime) -> str | None:
    invitation = message.invitation
    assert invitation is not None
    patient = invitation.patient
    if patient is not None and patient.online_booking_barred:
        return "barred"
    return invitation.why_closed(now)


def why_no_reminder(message: Message, now: datetime) -> str | None:
    """As `why_not`, of a reminder."""
    appointment = _appointment(message)
    if appointment.status == Appointment.Status.CANCELLED:
        return "cancelled_since"
    if appointment.start != message.occurrence:
        return "moved_since"
    if appointment.status == Appointment.Status.UNCONFIRMED:
        return "unconfirmed"
    if appointment.start <= now:
        return "past"
    by_sms = message.channel == Channel.SMS
    if not (appointment.sms_reminder if by_sms else appointment.email_reminder):
        return "box_unticked"
    if by_sms and speaks_for_it(message) is not None:
        return "grouped"
    return None


def _why_not_tell(message: Message, now: datetime) -> str | None:
    appointment, entry = _appointment(message), message.entry
    assert entry is not None
    acts = HistoryEntry.Action
    over = appointment.start + STILL_NEWS if entry.action == acts.EXPIRED else appointment.end
    if over <= now:
        return "past"
    if action_of(message) in (acts.CANCELLED, acts.EXPIRED):
        return None
    if entry.action == HistoryEntry.Action.MOVED and _is_taken_back(entry):
        return "undone"
    if appointment.status == Appointment.Status.CANCELLED:
        return "cancelled_since"
    if is_told_since(message):
        return "moved_since"
    # Moved since without a word: this one says what is true now, if that is news.
    moved_on = appointment.start != message.occurrence
    if moved_on and entry.action == acts.MOVED and appointment.start == start_known_before(entry):
        return "undone"
    waits = appointment.status == Appointment.Status.UNCONFIRMED
    if entry.action == acts.RECALLED and not waits:
        return "answered"
    if entry.action == HistoryEntry.Action.CONFIRMED and waits:  # put back meanwhile
        return "unconfirmed"
    return None


def _is_taken_back(entry: HistoryEntry) -> bool:
    """A move that was undone, or the undoing of one that she was never told of."""
    if HistoryEntry.objects.filter(undoes=entry).exists():
        return True
    undone = entry.undoes
    if undone is None or not undone.tells or start_known_before(undone) != entry.new_start:
        return False
    left = [Message.Status.SENDING, Message.Status.SENT, Message.Status.UNCERTAIN]
    told = Message.objects.filter(entry=undone, recipient=Recipient.PATIENT)
    return not told.filter(status__in=left).exists()


def _appointment(message: Message) -> Appointment:
    assert message.appointment is not None
    return message.appointment
