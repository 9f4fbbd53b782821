"""Whether what Maia stands on can take what it is given: the database, its version, its disk."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

REMEMBERED = 5  # seconds: who asks often costs one write now and then
BOOKING = 65_536  # bytes: what one writes on SQLite, with its letters, history and indexes
PATIENCE = 2  # seconds for a lock that somebody else holds
_TRY = """
INSERT INTO maia_cache (cache_key, value, expires) VALUES ('healthz', %s, '2000-01-01 00:00:00')
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value
"""


def can_write() -> bool:
    """Whether the database has just taken a row. Busy is not unable: then it is what it was."""
    remembered = caches["process"]
    known: bool | None = remembered.get("can_write")
    if known is not None:
        return known
    try:
        with _briefly(), transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            cursor.execute(_TRY, [_as_much_as_a_booking()])
        known = True
    except DatabaseError as error:
        known = _is_busy(error)
    remembered.set("can_write", known, REMEMBERED)
    return known


def _as_much_as_a_booking() -> str:
    """SQLite has a little room in its own files when the disk has none: too little to book. What is
    there already it does not write again."""
    now = f"{time.time_ns():019}"
    return now * (BOOKING // len(now)) if connection.vendor == "sqlite" else now


def free_bytes() -> int:
    """Of the disk that the data folder is on."""
    return shutil.disk_usage(settings.DATA_DIR).free


def pending_migrations() -> int:
    """How many the database lacks of those that this process was started with."""
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return len(known_migrations() - set(applied))


@lru_cache(maxsize=1)
def known_migrations() -> frozenset[tuple[str, str]]:
    """Read once: on the disk there may be a newer version, which waits for a restart."""
    return frozenset(MigrationLoader(None).disk_migrations or {})


@contextmanager
def _briefly() -> Iterator[None]:
    """SQLite otherwise waits for another writer as long as a booking would."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    try:
        yield
    finally:
        seconds = connection.settings_dict["OPTIONS"].get("timeout", 5)
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _is_busy(error: DatabaseError) -> bool:
    cause = error.__cause__
    busy = getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return busy or type(cause).__name__ == "LockNotAvailable"
