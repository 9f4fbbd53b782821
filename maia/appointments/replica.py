"""Where slots are read: on a replica, where there is one and nobody decides.

Whoever decides is in a transaction, and reads the primary. A replica that does not answer, or not to
this user, is left alone for a while, and the primary asked instead: reading is worth more than sparing it.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import Error, connection, connections

logger = logging.getLogger("maia.replica")

REST_SECONDS = 15.0
_left_alone_until = 0.0  # by this process's own clock: each finds out for itself


_primary_only: ContextVar[bool] = ContextVar("primary_only", default=False)


@contextmanager
def on_primary() -> Iterator[None]:
    """For what follows a decision: a replica may not know of it yet."""
    token = _primary_only.set(True)
    try:
        yield
    finally:
        _primary_only.reset(token)


def read(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one statement that changes nothing."""
    global _left_alone_until
    decides = connection.in_atomic_block or _primary_only.get()
    on_replica = "replica" in settings.DATABASES and not decides
    if on_replica and time.monotonic() >= _left_alone_until:
        try:
            return _rows(connections["replica"], sql, parameters)
        except Error as error:  # a right, a table that it lacks: the primary says if it is ours
            reason = type(error.__cause__ or error).__name__  # the driver's: InsufficientPrivilege
            logger.warning("replica unavailable", extra={"error": reason})
            connections["replica"].close()
            _left_alone_until = time.monotonic() + REST_SECONDS
    return _rows(connection, sql, parameters)


def _rows(where: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with where.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
