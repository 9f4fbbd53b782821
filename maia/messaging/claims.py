"""Who has a message in hand: claimed by one worker, for a while, and written back by her alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from maia.messaging import flow
from maia.messaging.grouping import mark_those_alone
from maia.messaging.models import Message

Status = Message.Status

BATCH = 40
LEASE = timedelta(seconds=settings.WORKER_LEASE_SECONDS)
_WITHOUT_WAITING = " AND set_config('synchronous_commit', 'off', true) = 'off'"


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
    mark_those_alone([m for m in messages if m.is_sms_reminder])
    return messages


def record(message: Message, **fields: object) -> bool:
    """Writes what became of it, if it is still this worker's at this attempt."""
    if fields["status"] != Status.SENDING:
        fields["lease_until"] = None
    # Twice a message. By hand: the ORM took longer to write this statement than to run it.
    values = [_to_database(value) for value in fields.values()]
    columns = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in fields)
    # PostgreSQL need not wait for its disk to note an answer: lost in a crash, it leaves the message
    # *uncertain*. That a message is about to leave must never be lost.
    at_ease = connection.vendor == "postgresql" and fields["status"] != Status.SENDING
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE messaging_message SET {columns} "  # noqa: S608  ours all
            "WHERE id = %s AND worker = %s AND attempts = %s AND status IN ('queued', 'sending')"
            f"{_WITHOUT_WAITING if at_ease else ''}",
            [*values, message.pk, message.worker, message.attempts],
        )
        return bool(cursor.rowcount)


def release(message: Message) -> None:
    """Puts back what was claimed and not touched, as if it had never been."""
    record(message, status=Status.QUEUED, attempts=message.attempts - 1)


def put_off(message: Message, until: datetime) -> None:
    """The same, and nobody takes it before ``until``."""
    record(message, status=Status.QUEUED, attempts=message.attempts - 1, try_after=until)


def give_up_on_lost_answers(now: datetime) -> int:
    """Handed over by a worker that died before it wrote the answer down: *uncertain*."""
    lost = Message.objects.filter(status=Status.SENDING, lease_until__lte=now)
    if not lost.exists():
        return 0
    # A program knows the event that it is told twice.
    again = lost.filter(channel=Message.Channel.HOOK).update(
        status=Status.QUEUED, lease_until=None, try_after=now
    )
    return again + lost.exclude(channel=Message.Channel.HOOK).update(
        status=Status.UNCERTAIN, lease_until=None, error="worker_died"
    )


def _to_database(value: object) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
