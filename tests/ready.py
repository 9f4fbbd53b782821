"""Databases that are migrated, and one with the demo: made once a run, and copied.

To migrate an empty one takes seven seconds of a processor, and nearly every process and every site
of the tests begins with it. That it works from nothing is what `browser/test_from_nothing.py` and
`config/test_upgrading.py` ask.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from tests.pace import PATIENCE

FOLDER = "MAIA_TESTS_READY"


@contextmanager
def ready_made() -> Iterator[None]:
    """A place for them, for this process and those that it starts. One that is there is shared."""
    if FOLDER in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="maia-ready-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]
            for name in (Path(folder) / "databases").glob("*"):
                drop(name.name, name.read_text())


def copy_migrated(folder: Path) -> dict[str, str]:
    """A migrated and empty Maia in ``folder``, as `MAIA_*` variables. Its database is to be dropped."""
    return _copy("migrated", folder, server())


def copy_demo(folder: Path, *, sqlite: bool = False) -> dict[str, str]:
    """The same with the demo, around this day. ``sqlite``: on SQLite whatever the tests run on."""
    return _copy("demo", folder, "" if sqlite else server())


def migrated_file() -> Path:
    """SQLite's, not to be written to."""
    return _made("migrated", "") / "maia.sqlite3"


def migrated_template() -> str:
    """PostgreSQL's, by its name."""
    return _database(_made("migrated", server()))


def create(template: str = "template1") -> str:
    """A database on the tests' PostgreSQL; its address."""
    url, name = server(), f"maia_tests_{uuid4().hex[:12]}"
    _ask(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return _address(url, name)


def drop(name: str, url: str = "") -> None:
    _ask(url or server(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def server() -> str:
    """The address of the tests' PostgreSQL; "" while they run on SQLite."""
    url = os.environ.get("MAIA_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


def _copy(kind: str, folder: Path, url: str) -> dict[str, str]:
    made = _made(kind, url)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    variables = {"MAIA_DATA_DIR": str(folder)}
    return variables | ({"MAIA_DATABASE_URL": create(_database(made))} if url else {})


def _made(kind: str, url: str) -> Path:
    """Its folder. Whoever asks first makes it; the others wait."""
    if FOLDER not in os.environ:  # no run of tests around it: pictures, the bench
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="maia-ready-")
        atexit.register(shutil.rmtree, os.environ[FOLDER], ignore_errors=True)
    there = Path(os.environ[FOLDER])
    name = f"{kind}_{'postgresql' if url else 'sqlite'}"
    with (there / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A demo is around a day: after midnight it is another.
        folder = there / (f"{name}_{datetime.now(UTC):%j}" if kind == "demo" else name)
        if not folder.exists():
            _make(kind, folder, url)
    return folder


def _make(kind: str, folder: Path, url: str) -> None:
    command, template = "migrate", "template1"
    being_made = folder.with_name(f"{folder.name}.part")
    if kind == "demo":
        migrated = _made("migrated", url)
        command, template = "demo", _database(migrated)
        shutil.copytree(migrated, being_made)
    else:
        being_made.mkdir(mode=0o700)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    env = own | {"MAIA_DEMO": "1", "MAIA_DATA_DIR": str(being_made)}
    if url:
        database = _database(folder)
        databases = folder.parent / "databases"
        databases.mkdir(exist_ok=True)
        (databases / database).write_text(url)
        _ask(url, f"CREATE DATABASE {database} TEMPLATE {template}")
        env["MAIA_DATABASE_URL"] = _address(url, database)
    words = [sys.executable, "-m", "maia", command]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    being_made.rename(folder)


def _database(folder: Path) -> str:
    """The name of its template: another in each run."""
    return f"{folder.parent.name}_{folder.name}".replace("-", "_").lower()


def _address(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def _ask(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as there:
        there.execute(statement)
