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

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import F

from maia.messaging.email import send_email, sender_address
from maia.messaging.failures import AnswerLost, PermanentFailure, TemporaryFailure
from maia.messaging.judge import address, why_not
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.words import letter

logger = logging.getLogger("maia.worker")
Status = Message.Status

BATCH = 20
LEASE = timedelta(minutes=5)  # longer than a batch of slow answers
IDLE_SECONDS = 1.0
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=30), timedelta(hours=1)


def run(clock: Callable[[], datetime], stop: threading.Event, *, until_idle: bool = False) -> None:
    """Works until ``stop`` is set, or until nothing is left to do now."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:80]
    while not stop.is_set():
        close_old_connections()
        try:
            done = work_once(name, clock, stop)
        except DatabaseError as error:
            # The database is away: it comes back, or an operator is called by /healthz.
            logger.warning("database unavailable", extra={"error": type(error).__name__})
            connection.close()
            if until_idle:
                raise
            done = 0
        if not done:
            if until_idle:
                return
            stop.wait(IDLE_SECONDS)


def work_once(name: str, clock: Callable[[], datetime], stop: threading.Event) -> int:
    """One round; the number of things done."""
    done = announce(clock())
    done += _give_up_on_lost_answers(clock())
    for message in claim(name, clock()):
        if stop.is_set():
            break  # its lease runs out, another worker has it
        deliver(message, clock())
        done += 1
    return done


def claim(worker: str, now: datetime, limit: int = BATCH) -> list[Message]:
    """Takes up to ``limit`` due messages, oldest first. Nobody else has them until the lease ends."""
    due = Message.objects.claimable(now)
    if not due.exists():
        return []
    with transaction.atomic():
        ids = list(due.locked().order_by("try_after", "id").values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__in=ids).update(
            worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    return list(
        Message.objects.filter(pk__in=ids)
        .select_related(
            "practice",
            "entry",
            "invitation__practice",
            "invitation__patient",
            "appointment__practice",
            "appointment__patient",
            "appointment__event__type",
            "appointment__event__practitioner__practice",
        )
        .order_by("try_after", "id")
    )


def deliver(message: Message, now: datetime) -> None:
    """Judges, sends and records one claimed message."""
    reason = why_not(message, now)
    if reason == "past" and message.attempts > 1:
        _record(message, status=Status.FAILED)  # keeps the error of its last try
        return
    if reason is not None:
        _record(message, status=Status.DROPPED, error=reason)
        return
    to, content = address(message), letter(message, sender_address())
    # From here on a death is uncertain, so this is written first.
    if not _record(
        message, status=Status.SENDING, to=to, subject=content.subject, body=content.text
    ):
        return  # the lease ran out and somebody else has it
    try:
        send_email(message, content, to)
    except TemporaryFailure as failure:
        _record(
            message, status=Status.QUEUED, error=str(failure), try_after=now + _backoff(message)
        )
    except PermanentFailure as failure:
        _record(message, status=Status.FAILED, error=str(failure))
    except AnswerLost as failure:
        _record(message, status=Status.UNCERTAIN, error=str(failure))
    else:
        _record(message, status=Status.SENT, sent_at=now, error="")


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
