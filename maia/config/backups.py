"""One file that holds a whole Maia: its database as it was at one instant, and its secret key.

SQLite is copied by its own online backup, PostgreSQL by `pg_dump`: neither waits for anybody. Pictures
are in the database. The file opens everything that it holds: encrypt where it is kept.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
MANIFEST, KEY = "maia.json", "secret_key"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class CannotBackUp(Exception):
    """In words, for the operator."""


def back_up(file: Path) -> dict[str, Any]:
    """Writes ``file`` (readable by its owner only) while everything goes on; what it says of itself.

    Nothing is left of it when it fails. Raises `CannotBackUp`.
    """
    manifest = {
        "format": FORMAT,
        "engine": connection.vendor,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "migrations": _migrations(),
    }
    half = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".maia-backup-") as folder:
        database = Path(folder) / DATABASES[connection.vendor]
        _copy_database(database)
        try:
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
                _add(tar, MANIFEST, json.dumps(manifest).encode())
                _add(tar, KEY, settings.SECRET_KEY.encode())
                tar.add(database, database.name)
            with half.open("rb") as written:
                os.fsync(written.fileno())
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
    return manifest


def restore(file: Path, *, replace: bool) -> dict[str, Any]:
    """Puts what ``file`` holds where the settings say; what it says of itself.

    Nothing may run meanwhile. A database that holds something is only written over with
    ``replace``. All or nothing. Raises `CannotBackUp`.
    """
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".maia-restore-") as name:
        folder = Path(name)
        manifest = _unpack(file, folder)
        engine = manifest["engine"]
        if engine != connection.vendor:
            raise CannotBackUp(f"It is of {engine}, and MAIA_DATABASE_URL is not.")
        unknown = set(manifest["migrations"]) - _known_migrations()
        if unknown:
            raise CannotBackUp("It comes from a later version of Maia: install that one first.")
        if not replace and connection.introspection.table_names():
            raise CannotBackUp("The database holds something already. --replace writes over it.")
        database = folder / DATABASES[engine]
        _replace_sqlite(database) if engine == "sqlite" else _replace_postgresql(database)
        _restore_key((folder / KEY).read_text())
    return manifest


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


def _replace_sqlite(database: Path) -> None:
    with sqlite3.connect(database) as copy:
        copy.execute("PRAGMA ignore_check_constraints = ON")  # they call functions of Django's
        (state,) = copy.execute("PRAGMA integrity_check").fetchone()
    copy.close()
    if state != "ok":
        raise CannotBackUp("The database in it is damaged.")
    there = _sqlite_file()
    connection.close()
    for left in ("-wal", "-shm"):  # of the one before: it would be written into this one
        there.with_name(there.name + left).unlink(missing_ok=True)
    shutil.move(database, there)
    there.chmod(0o600)


def _replace_postgresql(database: Path) -> None:
    """In one transaction. What a later version had added goes too: it would be made a second time."""
    connection.close()
    script, before = database.with_suffix(".sql"), database.with_name("before.sql")
    _postgresql("pg_restore", "--no-owner", f"--file={script}", str(database))
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
        raise CannotBackUp(f"{program}: {done.stderr.strip()}")


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


# --- The file ---------------------------------------------------------------------------------


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(datetime.now(UTC).timestamp())
    tar.addfile(entry, io.BytesIO(content))


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:gz") as tar:
            manifest: dict[str, Any] = json.loads(_take_out(tar, MANIFEST, folder).read_text())
            if manifest.get("format") != FORMAT:
                raise CannotBackUp("This is not a backup of this version of Maia.")
            _take_out(tar, KEY, folder)
            _take_out(tar, DATABASES[manifest["engine"]], folder)
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise CannotBackUp(f"This is not a backup of Maia, or not a whole one ({error}).") from None
    return manifest


def _take_out(tar: tarfile.TarFile, name: str, folder: Path) -> Path:
    """What is in there under another name is left alone."""
    source = tar.extractfile(name)
    if source is None:
        raise KeyError(name)
    with source, (folder / name).open("wb") as to:
        shutil.copyfileobj(source, to)
    return folder / name


def _restore_key(key: str) -> None:
    """Signatures, links of calendars and secrets of webhooks hang from it."""
    if settings.SECRET_KEY_IS_GIVEN:
        return
    file = settings.DATA_DIR / KEY
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as written:
        written.write(key)


def _migrations() -> Sequence[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None)
    return {f"{app}.{name}" for app, name in loader.disk_migrations or {}}
