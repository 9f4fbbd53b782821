"""What somebody typed, on its way to another page: never in her session, which lasts for weeks.

The database's own cache holds it for an hour at most, under a name that only her session knows.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.db import connection
from django.utils.crypto import get_random_string

HOUR = 3600  # seconds
LONGEST = timedelta(days=8)  # that anything is kept in a cache

NAMED = "named"  # the extra tag of a message that says a patient's name: it waits here


def keep(session: SessionBase, what: str, value: Any) -> None:
    session[what] = get_random_string(22)
    caches["short"].set(session[what], value, HOUR)


def recall(session: SessionBase, what: str) -> Any:
    """None after the hour."""
    return caches["short"].get(session[what]) if what in session else None


def take(session: SessionBase, what: str) -> Any:
    """Once: the telephone may be somebody else's by then."""
    value, name = recall(session, what), session.pop(what, None)
    if name is not None:
        caches["short"].delete(name)
    return value


def forget_everything() -> None:
    """Somebody is erased, and may stand in what anybody has just typed: they type it again."""
    caches["short"].clear()


def forget_what_is_over() -> int:
    """Caches only hide what has expired: here it goes. How many rows."""
    return _forget("expires < CURRENT_TIMESTAMP")


def forget_what_would_never_end(now: datetime) -> int:
    """Counts and words that a clock of 2061 kept: see `waits`. How many rows."""
    return _forget("expires > %s", connection.ops.adapt_datetimefield_value(now + LONGEST))


def _forget(condition: str, *values: Any) -> int:
    rows = 0
    with connection.cursor() as cursor:
        for name in ("default", "short"):
            table = connection.ops.quote_name(caches[name]._table)  # type: ignore[attr-defined]
            cursor.execute(f"DELETE FROM {table} WHERE {condition}", values)  # noqa: S608  ours all
            rows += cursor.rowcount
    return rows
