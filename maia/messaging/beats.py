"""Workers say that they are alive, so that `/healthz` and the operator see when none is."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from maia.accounts.waits import has_come, to_come
from maia.messaging.models import Message, WorkerBeat

EVERY = timedelta(seconds=10)
ALIVE = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)
LATE = timedelta(minutes=5)


class Beat:
    """One worker's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started_at: datetime | None = None  # when it first told: the database may be away
        self.handled: Counter[str] = Counter()  # by channel, each written by one thread
        self._told: datetime | None = None
        self._stopped = ""

    def tell(self, now: datetime, *, stopped: str = "") -> None:
        """Written every ten seconds at most: an idle worker costs next to nothing. ``stopped``: why
        it does nothing, and then ``now`` is only reckoned."""
        lately = self._told is not None and not has_come(self._told + EVERY, now, EVERY)
        if lately and stopped == self._stopped:
            return
        self._told, self._stopped = now, stopped
        self.started_at = self.started_at or now
        WorkerBeat.objects.update_or_create(
            name=self.name,
            defaults={
                "started_at": self.started_at,
                "seen_at": now,
                "handled": self.handled.total(),
                "stopped": stopped,
            },
        )
        if not stopped:
            long_ago = Q(seen_at__lt=now - FORGOTTEN) | Q(seen_at__gt=now + FORGOTTEN)
            WorkerBeat.objects.filter(long_ago).delete()

    def stop(self) -> None:
        """It ends on purpose: nobody need look for it."""
        with suppress(DatabaseError):  # the database may be why it ends
            WorkerBeat.objects.filter(name=self.name).delete()


def alive(now: datetime) -> QuerySet[WorkerBeat]:
    """Seen in the last minute; not one that a wrong clock wrote for decades to come."""
    return WorkerBeat.objects.filter(to_come("seen_at", now - ALIVE, ALIVE))


def at_work(now: datetime) -> int:
    return alive(now).filter(stopped="").count()


def why_stopped(now: datetime) -> str:
    """The code of why a worker that is alive does nothing; empty if none says so."""
    return alive(now).exclude(stopped="").values_list("stopped", flat=True).first() or ""


def waiting_too_long(now: datetime) -> int:
    """Messages that nobody has taken although they were due minutes ago."""
    found = Message.objects.filter(status=Message.Status.QUEUED, try_after__lt=now - LATE)
    return found.count()
