"""What Maia writes is its user's alone, whatever the umask; what it serves, everybody's who serves."""

import os
import stat
import subprocess
import sys

import pytest

from tests.pace import PATIENCE

pytestmark = pytest.mark.once


def maia(folder, *arguments, umask=0o022):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAIA_", "DJANGO_"))}
    env |= {"MAIA_DATA_DIR": str(folder), "MAIA_STATIC_DIR": str(folder.parent / "static")}
    command = [sys.executable, "-m", "maia", *arguments]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, umask=umask, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def modes(folder):
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*")}


def test_the_database_is_its_users_alone_with_the_widest_umask(tmp_path):
    folder = tmp_path / "data"
    maia(folder, "migrate", "--verbosity", "0", umask=0)
    # A connection that is open: what SQLite keeps beside the database is there.
    script = (
        "from django.db import connection; from maia.accounts.models import User\n"
        "User.objects.create(email='a@maia.example')\n"
        "from pathlib import Path; import os; from django.conf import settings\n"
        "print(*(f'{p.name}:{p.stat().st_mode & 0o777:o}' for p in settings.DATA_DIR.iterdir()))"
    )
    seen = dict(
        one.split(":")
        for one in maia(folder, "shell", "--no-imports", "-c", script, umask=0).split()
    )
    assert {"maia.sqlite3", "maia.sqlite3-wal", "maia.sqlite3-shm", "secret_key"} <= set(seen)
    assert set(seen.values()) == {"600"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_one_that_others_could_read_is_closed_to_them(tmp_path):
    folder = tmp_path / "data"
    maia(folder, "migrate", "--verbosity", "0")
    for name in ("maia.sqlite3", "maia.sqlite3-wal"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    maia(folder, "migrate", "--check")
    assert modes(folder)["maia.sqlite3"] == 0o600
    assert modes(folder).get("maia.sqlite3-wal", 0o600) == 0o600


def test_static_files_are_for_whoever_serves_them_with_the_strictest_umask(tmp_path):
    folder = tmp_path / "data"
    maia(folder, "collectstatic", "--no-input", "--verbosity", "0", umask=0o022)
    closed = {name for name, mode in modes(tmp_path / "static").items() if not mode & 0o004}
    assert not closed
