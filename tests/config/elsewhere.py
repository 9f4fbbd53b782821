"""An empty place of one's own for `maia` commands."""

import os
import subprocess
import sys
from uuid import uuid4

import pytest

from tests.pace import PATIENCE
from tests.postgres import binaries as postgresql_bin


@pytest.fixture
def elsewhere(tmp_path):
    """An empty place of the same kind, as `MAIA_*` variables."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    env |= {"MAIA_DATA_DIR": str(folder), "MAIA_POSTGRESQL_BIN": str(postgresql_bin())}
    url = os.environ.get("MAIA_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield env
        return
    import psycopg

    name = f"maia_restore_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield env | {"MAIA_DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def maia(env, *arguments):
    command = [sys.executable, "-m", "maia", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
