"""Who has a message in hand: claimed as all work is (`jobs/claims.py`), a batch of a channel at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from maia.accounts.waits import APART
from maia.jobs.claims import Claims
from maia.messaging import flow
from maia.messaging.formerly import mark_those_to_former
from maia.messaging.grouping import mark_those_alone
from maia.messaging.models import PUT_OFF, Message
from maia.messaging.spending import CODE

Status = Message.Status

BATCH = 40
LONGEST_BACKOFF = timedelta(minutes=30)
UNTIL_TOMORROW = timedelta(days=2)  # at most, for what a day may cost
MOST_WOKEN = 500  # at once
LEASE = timedelta(seconds=settings.WORKER_LEASE_SECONDS)
CLAIMS = Claims(Message, state="status", waiting=Status.QUEUED, begun=Status.SENDING, lease=LEASE)


def claim(channel: str, worker: str, now: datetime, limit: int = BATCH) -> list[Message]:
    """Takes up to ``limit`` due messages, oldest first. Nobody else has them for a moment: what is
    not begun in it, others may take, whether this worker is slow or dead."""
    due = Message.objects.next_of(channel) & CLAIMS.due(now)
    if not due.exists():
        return []
    with transaction.atomic():
        allowed = flow.allowance(channel, limit, now)
        ids = CLAIMS.take(due, worker, now, allowed)
        flow.give_back(channel, allowed - len(ids))
    return _read(Message.objects.filter(pk__in=ids))


def read_again(claimed: Iterable[Message]) -> list[Message]:
    """The same messages as they are now, those that are still this worker's."""
    ours = {message.pk: message for message in claimed}
    now = _read(Message.objects.filter(pk__in=ours, status=Status.QUEUED))
    return [
        message
        for message in now
        if (message.worker, message.attempts)
        == (ours[message.pk].worker, ours[message.pk].attempts)
    ]


def _read(found: QuerySet[Message]) -> list[Message]:
    messages = list(found.with_all().order_by("try_after", "id"))  # type: ignore[attr-defined]
    mark_those_to_former(messages)
    mark_those_alone([m for m in messages if m.is_sms_reminder])
    return messages


def begin(message: Message, now: datetime, **fields: object) -> bool:
    """Before it is handed over. False: another worker has it, and it is not to be sent here."""
    return CLAIMS.begin(message, now, **fields)


def record(message: Message, **fields: object) -> bool:
    """Writes what became of it, if it is still this worker's at this attempt."""
    # PostgreSQL need not wait for its disk to note an answer: lost in a crash, it leaves the message
    # *uncertain*. That a message is about to leave must never be lost.
    return CLAIMS.record(message, fields, at_ease=True)


def release(message: Message) -> None:
    """Puts back what was claimed and not touched, as if it had never been."""
    CLAIMS.release(message)


def put_off(message: Message, until: datetime, **fields: object) -> None:
    """The same, and nobody takes it before ``until``."""
    CLAIMS.release(message, try_after=until, **fields)


def hold(message: Message, why: str, until: datetime) -> None:
    """The same, with the code of what the operator has to set up first."""
    CLAIMS.release(message, try_after=until, error=why)


def wake(now: datetime) -> int:
    """Those that a wrong clock wrote or put off: they would leave in 2061, and what is to the same
    patients with them. How many."""
    # A reminder waits for weeks, for a moment of its own; all else is due when it is written.
    put_off = Q(try_after__gt=now + LONGEST_BACKOFF + APART) & ~Q(error=CODE)
    put_off |= Q(try_after__gt=now + UNTIL_TOMORROW + APART)
    written = ~Q(kind=Message.Kind.REMINDER) & Q(due_at__gt=now + APART)
    asleep = CLAIMS.asleep(now, timedelta()).filter(PUT_OFF).filter(put_off | written)
    ids = list(asleep.values_list("pk", flat=True)[:MOST_WOKEN])
    if ids:
        reminders = Message.objects.filter(pk__in=ids, kind=Message.Kind.REMINDER)
        reminders.update(try_after=F("due_at"))
        others = Message.objects.filter(pk__in=ids).exclude(kind=Message.Kind.REMINDER)
        others.filter(due_at__gt=now).update(due_at=now)
        others.update(try_after=now)
    return len(ids)


def give_up_on_lost_answers(now: datetime) -> int:
    """Handed over by a worker that died before it wrote the answer down: *uncertain*."""
    lost = CLAIMS.lost(now)
    if not lost.exists():
        return 0
    # A program knows the event that it is told twice.
    again = lost.filter(channel=Message.Channel.HOOK).update(
        status=Status.QUEUED, lease_until=None, try_after=now
    )
    return again + lost.exclude(channel=Message.Channel.HOOK).update(
        status=Status.UNCERTAIN, lease_until=None, error="worker_died"
    )
