"""What a person does about a message that did not go, or perhaps not."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.messaging.formerly import mark_those_to_former
from maia.messaging.judge import address, why_not
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner

Status = Message.Status


class CannotResend(Exception):
    """It is on its way, or it has gone."""


class NoLongerTrue(Exception):
    """What it says is not so any more: ``code`` as in `reasons`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def resend(message: Message, now: datetime) -> None:
    """Owed again, by somebody's decision; it is judged again before it leaves.

    A mailbox that bounced is tried again too: she may have emptied it. Raises `CannotResend` and
    `TooOften`.
    """
    if not message.may_be_resent:
        raise CannotResend
    with transaction.atomic():
        limits.ask(Limited.RESEND, message.pk, now=now)
        again = Message.objects.filter(pk=message.pk, status=message.status).update(
            status=Status.QUEUED,
            try_after=now,
            attempts=0,
            segments=0,  # another SMS, counted as one
            error="",
            receipt="",
            settled_at=None,
            lease_until=None,
        )
        if not again:  # somebody was faster
            raise CannotResend
        if message.patient_id and message.channel == Message.Channel.EMAIL:
            Patient.objects.filter(pk=message.patient_id).update(undeliverable_email="")


def another_of(message: Message, now: datetime) -> Message:
    """Not saved yet: of the same kind, by the same channel, to the address that is hers now.

    Raises `CannotResend` and `NoLongerTrue`.
    """
    if not message.may_be_sent_once_more:
        raise CannotResend
    other: Message = Message.objects.with_all().get(pk=message.pk)
    other.pk, other.key, other._state.adding = None, f"again:{uuid4().hex}", True
    other.status, other.attempts, other.segments, other.worker = Status.QUEUED, 0, 0, ""
    other.created_at = other.due_at = other.try_after = now
    other.sent_at = other.settled_at = other.lease_until = other.receipt_at = None
    other.receipt = other.error = other.provider_id = other.subject = other.body = ""
    mark_those_to_former([other])
    untrue = why_not(other, now)
    if untrue is not None:
        raise NoLongerTrue(untrue)
    other.to = address(other)[:254]
    return other


def once_more(message: Message, now: datetime) -> Message:
    """What has left leaves again, by somebody's decision, as a message of its own; it is judged again
    before it leaves. Raises as `another_of`, and `TooOften`."""
    other = another_of(message, now)
    other.to = ""  # read at the last moment
    with transaction.atomic():
        limits.ask(Limited.ONCE_MORE, message.appointment_id, now=now)
        other.save(force_insert=True)
    return other


def settle_as_sent(message: Message, now: datetime) -> None:
    """She asked the patient: it did arrive. Only an uncertain one can be told so."""
    Message.objects.filter(pk=message.pk, status=Status.UNCERTAIN).update(
        status=Status.SENT, sent_at=now, settled_at=now
    )


def settle(message: Message, now: datetime) -> None:
    """Seen; nothing more to do about it."""
    Message.objects.to_settle().filter(pk=message.pk).update(settled_at=now)


def settle_all(practice: Practice, now: datetime) -> int:
    return Message.objects.to_settle().filter(practice=practice).update(settled_at=now)


def send_test(practitioner: Practitioner, channel: str, now: datetime, *, by: User) -> Message:
    """To herself, with her own settings, through the same door as all others. Raises `TooOften`."""
    by_sms = channel == Message.Channel.SMS
    limits.ask(Limited.TEST_SMS if by_sms else Limited.TEST_EMAIL, by.pk, now=now)
    message: Message = Message.objects.create(
        practice=practitioner.practice,
        practitioner=practitioner,
        kind=Message.Kind.TEST,
        recipient=Message.Recipient.PRACTITIONER,
        channel=channel,
        key=f"test:{practitioner.pk}:{channel}:{uuid4().hex}",
        due_at=now,
        try_after=now,
    )
    return message
