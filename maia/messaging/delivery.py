"""One message: judged again, written, handed over, and what came of it recorded."""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, assert_never

from django.db import transaction

from maia.messaging.claims import LONGEST_BACKOFF, begin, hold, put_off, record
from maia.messaging.email import Mailer, sender_address
from maia.messaging.failures import (
    AccountRefused,
    AnswerLost,
    MailboxRefused,
    PermanentFailure,
    RecipientBusy,
    TemporaryFailure,
)
from maia.messaging.grouping import owe_those_it_spoke_for
from maia.messaging.held import EVERY, NO_EMAIL, NO_SMS, why_held
from maia.messaging.hooks import prepare_event
from maia.messaging.judge import address, why_not
from maia.messaging.models import Message
from maia.messaging.overtaken import stands_behind
from maia.messaging.receipts import callback_url, mark_undeliverable
from maia.messaging.sms.channel import sms_channel
from maia.messaging.sms_words import sms_text
from maia.messaging.spending import CODE, OverTheDay, count, next_chance
from maia.messaging.words import letter
from maia.practices.sms import measure

logger = logging.getLogger("maia.worker")
Channel, Status = Message.Channel, Message.Status

FIRST_BACKOFF = timedelta(seconds=30)


def deliver(message: Message, now: datetime, mailer: Mailer) -> bool:
    """Whether its provider was asked and said yes or no.

    Raises `TemporaryFailure` or `AnswerLost`, once that is recorded: whoever holds the batch may
    want to leave the provider alone.
    """
    try:
        behind = stands_behind(message, now)
        if behind is not None:
            put_off(message, behind.until, due_at=behind.due_at)
            return False
        reason = why_not(message, now)
        wanting = why_held(message) if reason in (None, NO_SMS) else None
        if wanting is not None:
            hold(message, wanting, now + EVERY)
            return False
        if reason is None:
            to = address(message)
            shown, send = _prepare(message, to, mailer, now)
    except Exception as error:  # a defect of ours: this one stays, the others go on
        logger.exception("message not written")
        record(message, status=Status.FAILED, error=type(error).__name__)
        return False
    if reason is not None:
        _drop(message, reason, now)
        return False
    # From here on a death is uncertain, so this is written first.
    try:
        begun = _begin(message, to, shown, now)
    except OverTheDay:
        _wait_for_tomorrow(message, now)
        return False
    if not begun:
        return False  # it was not begun in time and somebody else has it
    try:
        provider_id = send()
    except TemporaryFailure as failure:
        later = now + _backoff(message)
        record(message, status=Status.QUEUED, error=_said(failure), try_after=later)
        if isinstance(failure, RecipientBusy):
            return True  # of one mailbox: the provider itself works
        if isinstance(failure, AccountRefused):
            code = {"channel": message.channel, "code": str(failure)}
            logger.error("the provider refuses this account", extra=code)
        raise
    except AnswerLost as failure:
        record(message, status=Status.UNCERTAIN, error=str(failure))
        raise
    except PermanentFailure as failure:
        record(message, status=Status.FAILED, error=str(failure))
        if isinstance(failure, MailboxRefused) and message.patient is not None:
            mark_undeliverable(message.patient, to)
    except Exception as error:  # a defect of ours, and it may have gone
        logger.exception("message not handed over")
        record(message, status=Status.UNCERTAIN, error=type(error).__name__)
        return False
    else:
        record(message, status=Status.SENT, sent_at=now, error="", provider_id=provider_id[:100])
    return True


def _begin(message: Message, to: str, shown: dict[str, Any], now: datetime) -> bool:
    """An SMS is counted where it is begun, both or neither. Raises `OverTheDay`."""
    if message.channel != Channel.SMS:
        return begin(message, now, to=to, **shown)
    with transaction.atomic():
        count(message, shown["segments"], now)
        begun = begin(message, now, to=to, **shown)
        if not begun:
            transaction.set_rollback(True)
    return begun


def _wait_for_tomorrow(message: Message, now: datetime) -> None:
    """Shown with its reason either way; failed, so that the practice calls, where it would be late."""
    later = next_chance(message, now)
    if later is None:
        record(message, status=Status.FAILED, error=CODE)
    else:
        record(message, status=Status.QUEUED, error=CODE, try_after=later)


def _prepare(
    message: Message, to: str, mailer: Mailer, now: datetime
) -> tuple[dict[str, Any], Callable[[], str]]:
    """The words, as columns of the message, and the call that hands them over."""
    match Channel(message.channel):
        case Channel.HOOK:
            return prepare_event(message, now)
        case Channel.EMAIL:
            content = letter(message, sender_address(), now)
            return (
                {"subject": content.subject, "body": content.text},
                lambda: mailer.send(message, content, to),
            )
        case Channel.SMS:
            text, name = sms_text(message, now), _sender_name(message)
            callback = callback_url(message)
            return (
                {"body": text, "segments": measure(text).segments},
                lambda: sms_channel().send(to, text, sender=name, callback=callback),
            )
        case never:
            assert_never(never)


def _sender_name(message: Message) -> str:
    of_appointment = message.appointment and message.appointment.practitioner
    practitioner = message.practitioner or of_appointment
    return practitioner.sms_sender_name if practitioner else ""


def _said(failure: TemporaryFailure) -> str:
    """As `reasons` reads it."""
    return f"account {failure}" if isinstance(failure, AccountRefused) else str(failure)


def _drop(message: Message, reason: str, now: datetime) -> None:
    if reason == "past" and message.error == NO_SMS:  # held to the end, where there never was one
        record(message, status=Status.DROPPED, error=NO_SMS)
    elif reason in ("past", "gave_up") and (message.attempts > 1 or message.error == NO_EMAIL):
        record(message, status=Status.FAILED)  # keeps the error of its last try
    else:
        record(message, status=Status.DROPPED, error=reason)
    if message.is_sms_reminder and reason != "grouped":
        owe_those_it_spoke_for(message, now)


def _backoff(message: Message) -> timedelta:
    doublings = min(message.attempts - 1, 10)
    longest = min(FIRST_BACKOFF.total_seconds() * 2**doublings, LONGEST_BACKOFF.total_seconds())
    return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311  no secret
