"""An empty place of one's own for `maia` commands."""

import os
import subprocess
import sys

import pytest

from tests import ready
from tests.pace import PATIENCE
from tests.postgres import binaries as postgresql_bin


@pytest.fixture
def elsewhere(tmp_path):
    """An empty place of the same kind, as `MAIA_*` variables."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    database = {"MAIA_DATABASE_URL": ready.create()} if ready.server() else {}
    yield _environment(folder, database)
    _end(database)


@pytest.fixture
def migrated(tmp_path):
    """One that is migrated."""
    folder = tmp_path / "migrated"
    variables = ready.copy_migrated(folder)
    yield _environment(folder, variables)
    _end(variables)


def _environment(folder, variables):
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    return (
        env
        | {"MAIA_DATA_DIR": str(folder), "MAIA_POSTGRESQL_BIN": str(postgresql_bin())}
        | variables
    )


def _end(variables):
    if url := variables.get("MAIA_DATABASE_URL"):
        ready.drop(url.rpartition("/")[2])


def maia(env, *arguments):
    command = [sys.executable, "-m", "maia", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
