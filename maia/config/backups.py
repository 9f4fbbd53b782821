"""One file that holds a whole Maia: its database as it was at one instant, and its secret key.

SQLite is copied by its own online backup, PostgreSQL by `pg_dump`: neither waits for anybody. Pictures
are in the database. The file opens everything that it holds: encrypt where it is kept.
"""

import errno
import logging
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from maia.config.backup_file import DATABASES, KEY, CannotBackUp, read_manifest, unpack, write
from maia.config.models import Backup
from maia.config.running import nothing_runs

logger = logging.getLogger("maia.backups")


def back_up(file: Path) -> dict[str, Any]:
    """Writes ``file`` (readable by its owner only) while everything goes on; what it says of itself.

    Nothing is left of it when it fails. Raises `CannotBackUp`.
    """
    manifest = {
        "engine": connection.vendor,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": _migrations(),
    }
    if not manifest["migrations"]:
        raise CannotBackUp("There is nothing to back up: the database is empty.")
    # Made in a folder of its own, which nobody else can enter, and moved when it is whole.
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=_HALF) as folder:
            database, half = Path(folder) / DATABASES[connection.vendor], Path(folder) / "backup"
            _copy_database(database)
            write(half, manifest, settings.SECRET_KEY.encode(), database)
            half.replace(file)
            _note(file.stat().st_size)
    except sqlite3.Error as error:
        raise CannotBackUp(f"The database could not be copied: {error}.") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise CannotBackUp(f"There is no room in {file.parent}: {error.strerror}.") from None
        raise
    return manifest


def back_up_into(folder: Path, *, keep: int | None, now: datetime) -> Path:
    """A backup with the time in its name; of those of such names the ``keep`` newest stay.

    What a backup that was killed left behind a day ago goes as well. Raises `CannotBackUp`.
    """
    file = folder / f"maia-{now:%Y%m%dT%H%M%SZ}.backup"
    back_up(file)
    if keep is not None:
        # Whatever the clock says, the one that was just made is not the one that goes.
        others = sorted(one for one in folder.glob(_DATED) if one != file)
        for old in others[: max(0, len(others) - (keep - 1))]:
            old.unlink(missing_ok=True)
    for left in folder.glob(f"{_HALF}*"):
        if left.is_dir() and left.stat().st_mtime < now.timestamp() - 24 * 3600:
            shutil.rmtree(left, ignore_errors=True)
    return file


_DATED = f"maia-{'[0-9]' * 8}T{'[0-9]' * 6}Z.backup"
_HALF = ".maia-backup-"


def _note(size: int) -> None:
    """For `/healthz`. A backup that cannot be noted (a full disk, an older database) is one."""
    try:
        Backup.objects.update_or_create(
            pk=1, defaults={"finished_at": timezone.now(), "size": size}
        )
    except DatabaseError as error:
        logger.warning("a backup is not noted", extra={"error": type(error).__name__})


def restore(
    file: Path, *, replace: bool, now: datetime, even_if_running: bool = False
) -> dict[str, Any]:
    """Puts what ``file`` holds where the settings say; what it says of itself.

    A database that holds something is only written over with ``replace``, and only while no server
    and no worker runs, or ``even_if_running``. All or nothing. Raises `CannotBackUp`.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".maia-restore-") as name:
        # 1. The file is whole, and of this Maia.
        manifest = read_manifest(file)
        engine = manifest["engine"]
        if engine != connection.vendor:
            raise CannotBackUp(f"It is of {engine}, and MAIA_DATABASE_URL is not.")
        if set(manifest["migrations"]) - _known_migrations():
            raise CannotBackUp("It comes from a later version of Maia: install that one first.")
        key, database = unpack(file, manifest, Path(name))
        ready = _check_sqlite(database) if engine == "sqlite" else _check_postgresql(database)
        # 2. Nothing is lost by it that nobody has named.
        if not replace and connection.introspection.table_names():
            raise CannotBackUp("The database holds something already. --replace writes over it.")
        with nothing_runs(now) as running:
            if running and not even_if_running:
                raise CannotBackUp(_WHAT_RUNS.format(running="; ".join(running)))
            # 3. From here on.
            _replace_sqlite(ready) if engine == "sqlite" else _replace_postgresql(ready)
            _restore_key(key)
    return manifest


_WHAT_RUNS = (
    "Maia is running: {running}. Stop it first, on every machine (a worker that was killed counts "
    "for a minute). --even-if-running restores all the same: what is booked meanwhile is lost, "
    "though patients were told that it is booked, and messages may leave twice."
)


# --- The databases ----------------------------------------------------------------------------


def _copy_database(to: Path) -> None:
    if connection.vendor == "postgresql":
        where = f"--dbname={_database_url()}"
        _postgresql("pg_dump", "--format=custom", "--no-owner", f"--file={to}", where)
        return
    with sqlite3.connect(to) as copy, sqlite3.connect(_sqlite_file()) as source:
        source.backup(copy)
    copy.close()
    source.close()


def _check_sqlite(database: Path) -> Path:
    """Raises `CannotBackUp` unless it is whole and a Maia's."""
    try:
        copy = sqlite3.connect(database)
        try:
            copy.execute("PRAGMA ignore_check_constraints = ON")  # they call functions of Django's
            (state,) = copy.execute("PRAGMA integrity_check").fetchone()
            (applied,) = copy.execute("SELECT count(*) FROM django_migrations").fetchone()
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise CannotBackUp(f"The database in it is damaged, or empty ({error}).") from None
    if state != "ok":
        raise CannotBackUp("The database in it is damaged.")
    if not applied:
        raise CannotBackUp("The database in it is empty.")
    return database


def _replace_sqlite(database: Path) -> None:
    there = _sqlite_file()
    connection.close()
    # Beside it first: the folder for what is unpacked may be on another disk.
    with tempfile.TemporaryDirectory(dir=there.parent, prefix=".maia-restore-") as folder:
        beside = Path(folder) / there.name
        shutil.move(database, beside)
        beside.chmod(0o600)
        for left in ("-wal", "-shm"):  # of the one before: it would be written into this one
            there.with_name(there.name + left).unlink(missing_ok=True)
        beside.replace(there)


def _check_postgresql(database: Path) -> Path:
    """What it is made of, as commands. Raises `CannotBackUp` unless it is a Maia's."""
    script = database.with_suffix(".sql")
    _postgresql("pg_restore", "--no-owner", f"--file={script}", str(database))
    applied = 0
    with script.open("rb") as lines:
        for line in lines:
            if line.startswith(b"COPY ") and b".django_migrations " in line:
                applied = next(lines, b"").strip() not in (b"", b"\\.")
    if not applied:
        raise CannotBackUp("The database in it is empty.")
    return script


def _replace_postgresql(script: Path) -> None:
    """In one transaction. What a later version had added goes too: it would be made a second time."""
    connection.close()
    before = script.with_name("before.sql")
    before.write_text(_DROP_ALL)
    _postgresql(
        "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
        f"--dbname={_database_url()}", f"--file={before}", f"--file={script}",
    )  # fmt: skip


_DROP_ALL = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', one.tablename);
    END LOOP;
END $$;
"""


def _postgresql(program: str, *arguments: str) -> None:
    # Where to write is among the arguments; the password, and TLS as the address asks for it, here.
    _, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    try:
        done = subprocess.run(  # noqa: S603  our own words, no shell
            [_binary(program), *arguments],
            env=os.environ | (secrets or {}),
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        raise CannotBackUp(
            f"{program} is not installed: it is in the package postgresql-client."
        ) from None
    if done.returncode:
        raise CannotBackUp(f"{program}: {done.stderr.strip() or f'ended with {done.returncode}'}")


def _binary(program: str) -> str:
    """``MAIA_POSTGRESQL_BIN``, or the path: a client is at least as new as its server."""
    folder = settings.POSTGRESQL_BIN
    return str(Path(folder) / program) if folder else program


def _database_url() -> str:
    """Without the password, which everybody would see in the list of processes."""
    there = connection.settings_dict
    user, name = quote(there["USER"] or "", safe=""), quote(there["NAME"], safe="")
    port = f":{there['PORT']}" if there["PORT"] else ""
    return f"postgresql://{user}{'@' if user else ''}{there['HOST']}{port}/{name}"


def _sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _restore_key(key: str) -> None:
    """Signatures, links of calendars and secrets of webhooks hang from it."""
    if settings.SECRET_KEY_IS_GIVEN:
        return
    file = settings.DATA_DIR / KEY
    file.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(file, flags, 0o600), "w") as written:
        written.write(key)


def _migrations() -> Sequence[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in loader.disk_migrations or {}}
