"""The worker: announce what is owed, claim what is due, judge it again, send it, record it.

Any number of them, on any number of hosts. A claim is a lease. A worker that dies before it hands
a message over leaves it to the next; one that dies after leaves it *uncertain*, for a person to
judge: never silently sent again, never dropped.
"""

import logging
import os
import random
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F

from maia.messaging import beats, flow
from maia.messaging.email import Mailer, sender_address
from maia.messaging.failures import AnswerLost, MailboxRefused, PermanentFailure, TemporaryFailure
from maia.messaging.grouping import owe_those_it_spoke_for
from maia.messaging.judge import address, why_not
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.receipts import callback_url, mark_undeliverable
from maia.messaging.sms.channel import sms_channel
from maia.messaging.sms_words import sms_text
from maia.messaging.words import letter
from maia.practices.sms import measure

logger = logging.getLogger("maia.worker")
Channel, Status = Message.Channel, Message.Status
Clock = Callable[[], datetime]

BATCH = 20
LEASE = timedelta(seconds=settings.WORKER_LEASE_SECONDS)
IDLE_SECONDS = 1.0
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=30), timedelta(minutes=30)


def run(clock: Clock, stop: threading.Event, *, until_idle: bool = False) -> None:
    """Works until ``stop`` is set, or until nothing is left to do now."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:80]
    beat = beats.Beat(name, clock())
    while not stop.is_set():
        close_old_connections()
        try:
            done = work_once(name, clock, stop)
            beat.tell(clock(), done)
        except DatabaseError as error:
            # The database is away: it comes back, or an operator is called by /healthz.
            logger.warning("database unavailable", extra={"error": type(error).__name__})
            connection.close()
            if until_idle:
                raise
            done = 0
        if not done:
            if until_idle:
                break
            stop.wait(IDLE_SECONDS)
    beat.stop()


def work_once(name: str, clock: Clock, stop: threading.Event) -> int:
    """One round; the number of things done."""
    done = announce(clock())
    done += _give_up_on_lost_answers(clock())
    for channel in flow.CHANNELS:
        done += _work_on(channel, name, clock, stop)
    return done


def _work_on(channel: str, name: str, clock: Clock, stop: threading.Event) -> int:
    claimed, done, resting = claim(channel, name, clock()), 0, False
    if not claimed:
        return 0
    mailer = Mailer()
    for message in claimed:
        if resting or stop.is_set():
            release(message)  # for another worker, or for later
            continue
        try:
            deliver(message, clock(), mailer)
        except TemporaryFailure:
            resting = flow.failed(channel, clock())
        done += 1
    mailer.close()
    return done


def claim(channel: str, worker: str, now: datetime, limit: int = BATCH) -> list[Message]:
    """Takes up to ``limit`` due messages, oldest first. Nobody else has them until the lease ends."""
    due = Message.objects.claimable(channel, now)
    if not due.exists():
        return []
    with transaction.atomic():
        allowed = flow.allowance(channel, limit, now)
        oldest = due.locked().order_by("try_after", "id")
        ids = list(oldest.values_list("pk", flat=True)[:allowed])
        Message.objects.filter(pk__in=ids).update(
            worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        flow.give_back(channel, allowed - len(ids))
    return list(
        Message.objects.filter(pk__in=ids)
        .select_related(
            "practice",
            "entry",
            "patient",
            "practitioner__practice",
            "practitioner__user",
            "invitation__practice",
            "invitation__patient",
            "appointment__practice",
            "appointment__patient",
            "appointment__event__type",
            "appointment__event__practitioner__practice",
        )
        .order_by("try_after", "id")
    )


def deliver(message: Message, now: datetime, mailer: Mailer) -> None:
    """Judges, sends and records one claimed message.

    Raises `TemporaryFailure` once it is recorded: whoever holds the batch may want to rest.
    """
    reason = why_not(message, now)
    if reason is not None:
        _drop(message, reason, now)
        return
    to = address(message)
    shown, send = _prepare(message, to, mailer)
    # From here on a death is uncertain, so this is written first.
    if not _record(message, status=Status.SENDING, to=to, **shown):
        return  # the lease ran out and somebody else has it
    try:
        provider_id = send()
    except TemporaryFailure as failure:
        later = now + _backoff(message)
        _record(message, status=Status.QUEUED, error=str(failure), try_after=later)
        raise
    except PermanentFailure as failure:
        _record(message, status=Status.FAILED, error=str(failure))
        if isinstance(failure, MailboxRefused) and message.patient is not None:
            mark_undeliverable(message.patient, to)
    except AnswerLost as failure:
        _record(message, status=Status.UNCERTAIN, error=str(failure))
        return
    else:
        _record(message, status=Status.SENT, sent_at=now, error="", provider_id=provider_id[:100])
    flow.answered(message.channel)


def _prepare(
    message: Message, to: str, mailer: Mailer
) -> tuple[dict[str, object], Callable[[], str]]:
    """The words, as columns of the message, and the call that hands them over."""
    if message.channel != Channel.SMS:
        content = letter(message, sender_address())
        return (
            {"subject": content.subject, "body": content.text},
            lambda: mailer.send(message, content, to),
        )
    text, name, callback = sms_text(message), _sender_name(message), callback_url(message)
    return (
        {"body": text, "segments": measure(text).segments},
        lambda: sms_channel().send(to, text, sender=name, callback=callback),
    )


def release(message: Message) -> None:
    """Puts back what was claimed and not touched, as if it had never been."""
    _record(message, status=Status.QUEUED, attempts=F("attempts") - 1)


def _sender_name(message: Message) -> str:
    hers = message.practitioner or (message.appointment and message.appointment.practitioner)
    return hers.sms_sender_name if hers else ""


def _drop(message: Message, reason: str, now: datetime) -> None:
    if reason == "past" and message.attempts > 1:
        _record(message, status=Status.FAILED)  # keeps the error of its last try
    else:
        _record(message, status=Status.DROPPED, error=reason)
    if message.kind == Message.Kind.REMINDER and message.channel == Channel.SMS:
        if reason != "grouped":
            owe_those_it_spoke_for(message, now)


def _record(message: Message, **fields: object) -> bool:
    """Writes what became of it, if it is still this worker's at this attempt."""
    if fields["status"] != Status.SENDING:
        fields["lease_until"] = None
        logger.info("message", extra={"message_id": message.pk, "status": fields["status"]})
    mine = Message.objects.filter(
        pk=message.pk,
        worker=message.worker,
        attempts=message.attempts,
        status__in=[Status.QUEUED, Status.SENDING],
    )
    return bool(mine.update(**fields))


def _give_up_on_lost_answers(now: datetime) -> int:
    lost = Message.objects.filter(status=Status.SENDING, lease_until__lte=now)
    if not lost.exists():
        return 0
    return lost.update(status=Status.UNCERTAIN, lease_until=None, error="worker_died")


def _backoff(message: Message) -> timedelta:
    doublings = min(message.attempts - 1, 10)
    longest = min(FIRST_BACKOFF.total_seconds() * 2**doublings, LONGEST_BACKOFF.total_seconds())
    return timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311  no secret
