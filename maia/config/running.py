"""Servers and workers show that they run, so that nothing is restored under them.

On SQLite each holds a shared lock of a file beside the database; on PostgreSQL, a connection with
a name. Both end with the process, however it ends.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections

from maia.messaging import beats
from maia.messaging.models import WorkerBeat

NAME = "maia runs: "
AGAIN = 10.0  # seconds: after PostgreSQL was restarted, it is shown again


@contextmanager
def shown_as_running(what: str) -> Iterator[None]:
    """``what``: web, worker. Waits while a backup is being put back."""
    stop = threading.Event()
    if connection.vendor == "sqlite":
        with _lock_file() as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        return
    threading.Thread(target=_hold, args=(what, stop), name="running", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


@contextmanager
def nothing_runs(now: datetime) -> Iterator[list[str]]:
    """What runs although nothing should; on SQLite, nothing starts until the block ends."""
    if connection.vendor != "sqlite":
        yield _named_connections() + _workers(now)
        return
    with _lock_file() as descriptor:
        running = _workers(now)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running.insert(0, "a server or a worker of this database")
        yield running


@contextmanager
def _lock_file() -> Iterator[int]:
    there = Path(str(connection.settings_dict["NAME"]))
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(there.with_name(there.name + ".running"), flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _hold(what: str, stop: threading.Event) -> None:
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    while True:
        try:
            with own.cursor() as cursor:
                cursor.execute("SELECT set_config('application_name', %s, false)", [NAME + what])
        except DatabaseError:  # it comes back
            own.close()
        if stop.wait(AGAIN):
            own.close()
            return


def _named_connections() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, host(client_addr) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s",
            [NAME + "%"],
        )
        return [f"{name.removeprefix(NAME)} ({host or 'here'})" for name, host in cursor.fetchall()]


def _workers(now: datetime) -> list[str]:
    """A worker that reaches PostgreSQL through a pooler has no connection of its own."""
    try:
        if WorkerBeat._meta.db_table not in connection.introspection.table_names():
            return []
        alive = list(beats.alive(now))
    except DatabaseError:  # damaged: why it is restored
        return []
    return [f"worker {beat.name}, seen at {beat.seen_at:%H:%M:%S} UTC" for beat in alive]
