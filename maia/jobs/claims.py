"""Who has a piece of work in hand: claimed by one worker, for a while, and written back by it alone.

One way for all work that any number of workers share: messages, jobs. A row is *waiting*; it is
claimed, still waiting, for the few seconds of `HOLD`; it is *begun*, under a lease, just before what
cannot be taken back. Whoever claims a row after its hold takes it over: the first worker can begin
it no more. So what a killed worker had not begun is with the next within seconds, and what it had
begun is found by its lease. Neither is ever begun by two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import connection, models
from django.db.models import Case, F, Q, QuerySet, When

from maia.accounts.waits import APART, come

HOLD = timedelta(seconds=20)
_WITHOUT_WAITING = " AND set_config('synchronous_commit', 'off', true) = 'off'"


class Claimed(models.Model):
    """What a row needs to be claimed. Its state is a column of its own (see `Claims`)."""

    try_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Claimable(Protocol):
    pk: Any
    worker: Any
    attempts: Any


@dataclass(frozen=True)
class Claims:
    """One table of work. ``state`` is its column; ``waiting`` and ``begun`` two of its values.
    ``lease`` is for how long it is claimed at a time."""

    model: type[models.Model]
    state: str
    waiting: str
    begun: str
    lease: timedelta

    def _is_over(self, now: datetime) -> Q:
        return come("lease_until", now, max(self.lease, HOLD))

    def due(self, now: datetime) -> QuerySet[Any]:
        """Its time has come, and it is in nobody's hands: never taken, put back, or held by a
        worker that did not begin it in time."""
        rows = self.model._default_manager.filter(**{self.state: self.waiting})
        return rows.filter(Q(lease_until=None) | self._is_over(now), try_after__lte=now)

    def take(self, due: QuerySet[Any], worker: str, now: datetime, most: int) -> list[int]:
        """Up to ``most`` of ``due``, oldest first. Inside a transaction. Nobody else has them
        until their hold ends. Over a hold that was let go by, the attempt is still the same one."""
        oldest = due.order_by("try_after", "id").select_for_update(
            # Without waiting for another worker, where the engine can tell.
            skip_locked=connection.features.has_select_for_update_skip_locked
        )
        ids = list(oldest.values_list("pk", flat=True)[:most])
        self.model._default_manager.filter(pk__in=ids).update(
            worker=worker,
            lease_until=now + HOLD,
            attempts=F("attempts")
            + Case(When(lease_until=None, then=1), default=0, output_field=models.IntegerField()),
        )
        return ids

    def record(
        self, row: Claimable, fields: Mapping[str, object], *, at_ease: bool = False
    ) -> bool:
        """Writes columns, if the row is still this worker's at this attempt, and has not ended.

        Whatever leaves the state *begun* gives the lease up. ``at_ease``: PostgreSQL need not wait
        for its disk. By hand: the ORM took longer to write this statement than to run it.
        """
        if fields.get(self.state, self.begun) != self.begun:
            fields = {**fields, "lease_until": None}
        quoted = connection.ops.quote_name
        columns = ", ".join(f"{quoted(name)} = %s" for name in fields)
        values = [self._to_database(name, value) for name, value in fields.items()]
        eased = at_ease and connection.vendor == "postgresql"
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {quoted(self.model._meta.db_table)} SET {columns} "  # noqa: S608  ours all
                f"WHERE id = %s AND worker = %s AND attempts = %s AND {quoted(self.state)} IN (%s, %s)"
                f"{_WITHOUT_WAITING if eased else ''}",
                [*values, row.pk, row.worker, row.attempts, self.waiting, self.begun],
            )
            return bool(cursor.rowcount)

    def begin(self, row: Claimable, now: datetime, **fields: object) -> bool:
        """Before what cannot be taken back. False: another worker has it, leave it alone."""
        return self.record(row, {self.state: self.begun, "lease_until": now + self.lease, **fields})

    def release(self, row: Claimable, **fields: object) -> bool:
        """Puts back what was claimed and not begun, as if it had never been."""
        return self.record(
            row, {self.state: self.waiting, "attempts": row.attempts - 1, **fields}, at_ease=True
        )

    def lost(self, now: datetime) -> QuerySet[Any]:
        """Begun by a worker that died before it wrote down what came of it."""
        begun = self.model._default_manager.filter(**{self.state: self.begun})
        return begun.filter(self._is_over(now))

    def asleep(self, now: datetime, longest: timedelta) -> QuerySet[Any]:
        """Waiting for a moment that no right clock can have put it off to: farther ahead than
        ``longest``, the longest that it is ever put off for."""
        rows = self.model._default_manager.filter(**{self.state: self.waiting})
        return rows.filter(try_after__gt=now + longest + APART)

    def _to_database(self, name: str, value: object) -> Any:
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, str | int | float | None):
            return value
        return self.model._meta.get_field(name).get_db_prep_save(value, connection)  # type: ignore[union-attr]
