"""Workers say that they are alive, so that `/healthz` and the operator see when none is."""

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError

from maia.messaging.models import Message, WorkerBeat

EVERY = timedelta(seconds=10)
ALIVE = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)
LATE = timedelta(minutes=5)


class Beat:
    """One worker's."""

    def __init__(self, name: str, now: datetime) -> None:
        self.name, self.started_at = name, now
        self.handled: Counter[str] = Counter()  # by channel, each written by one thread
        self._told: datetime | None = None

    def tell(self, now: datetime) -> None:
        """Written every ten seconds at most: an idle worker costs next to nothing."""
        if self._told is not None and now - self._told < EVERY:
            return
        self._told = now
        WorkerBeat.objects.update_or_create(
            name=self.name,
            defaults={
                "started_at": self.started_at,
                "seen_at": now,
                "handled": self.handled.total(),
            },
        )
        WorkerBeat.objects.filter(seen_at__lt=now - FORGOTTEN).delete()

    def stop(self) -> None:
        """It ends on purpose: nobody need look for it."""
        with suppress(DatabaseError):  # the database may be why it ends
            WorkerBeat.objects.filter(name=self.name).delete()


def alive(now: datetime) -> int:
    return WorkerBeat.objects.filter(seen_at__gt=now - ALIVE).count()


def waiting_too_long(now: datetime) -> int:
    """Messages that nobody has taken although they were due minutes ago."""
    found = Message.objects.filter(status=Message.Status.QUEUED, try_after__lt=now - LATE)
    return found.count()
