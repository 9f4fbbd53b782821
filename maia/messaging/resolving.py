"""What a person does about a message that did not go, or perhaps not."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner

Status = Message.Status


class CannotResend(Exception):
    """It is on its way, or it has gone."""


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
