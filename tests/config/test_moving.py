"""From SQLite to PostgreSQL and back: all of it, or nothing."""

import json
import os
import subprocess
import sys
import time
from uuid import uuid4

import pytest

from tests import ready
from tests.config.elsewhere import maia
from tests.pace import PATIENCE

pytestmark = pytest.mark.skipif(
    not os.environ.get("MAIA_DATABASE_URL", "").startswith("postgres"),
    reason="asked with PostgreSQL: it is about both",
)
# Every row of every table, whatever the engine.
ALL = """
import json
from maia.config.moving import _models
from django.core import serializers
rows = {}
for model in _models():
    lines = serializers.serialize("jsonl", model._base_manager.order_by("pk")).splitlines()
    rows[model._meta.label] = lines
print(json.dumps(rows))
"""
WRITES = """
from maia.practices.models import Practice
from maia.accounts.models import User
print(User.objects.create_user("new@x.example").pk > 0, Practice.objects.count())
"""


def shell(env, code):
    done = maia(env, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The demo, in SQLite."""
    folder = tmp_path_factory.mktemp("source")
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    return env | {"MAIA_DEMO": "1"} | ready.copy_demo(folder, sqlite=True)


@pytest.fixture
def server():
    """An empty database, its address, and a connection beside it."""
    import psycopg

    url, name = os.environ["MAIA_DATABASE_URL"], f"maia_move_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as beside:
        beside.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}", beside, name
        beside.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_there_and_back_every_row_is_the_same(source, server, tmp_path):
    url, _beside, _name = server
    done = maia(source, "move-database", url)
    assert done.returncode == 0, done.stderr
    assert "counted again" in done.stdout
    there = source | {"MAIA_DATABASE_URL": url}
    before = json.loads(shell(source, ALL))
    assert json.loads(shell(there, ALL)) == before
    assert len(before["appointments.Event"]) > 50
    # What is there is not written over, and what is not a database is refused in a line.
    again = maia(source, "move-database", url)
    assert again.returncode == 1
    assert "holds something already" in again.stderr
    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    done = maia(there, "move-database", back)
    assert done.returncode == 0, done.stderr
    assert json.loads(shell(source | {"MAIA_DATABASE_URL": back}, ALL)) == before
    # Numbers go on behind the last one.
    assert shell(there, WRITES) == "True 1"
    assert shell(source | {"MAIA_DATABASE_URL": back}, WRITES) == "True 1"


def test_what_cannot_be_moved_to_is_refused_in_a_line(source, server):
    for wrong, said in (
        ("mysql://a:s3cret@b/c", "is no database"),
        ("postgresql://maia:s3cret@127.0.0.1:9/nowhere", "does not answer"),
        (f"sqlite:///{source['MAIA_DATA_DIR']}/maia.sqlite3", "has already"),
    ):
        done = maia(source, "move-database", wrong)
        assert done.returncode == 1
        assert said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert "s3cret" not in done.stderr
    url = server[0]
    import psycopg

    with psycopg.connect(url, autocommit=True) as there:
        there.execute("CREATE TABLE somebodys (id integer)")
    assert "something else" in maia(source, "move-database", url).stderr


def test_nothing_moves_while_a_worker_runs(source, server):
    worker = subprocess.Popen(
        [sys.executable, "-m", "maia", "worker"], env=source,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        alive = "from maia.messaging.models import WorkerBeat; print(WorkerBeat.objects.count())"
        until(lambda: shell(source, alive) == "1")
        done = maia(source, "move-database", server[0])
        assert done.returncode == 1
        assert "Maia is running" in done.stderr
    finally:
        worker.terminate()
        worker.wait()


@pytest.mark.parametrize("killed", ["the command", "the connection"])
def test_killed_midway_nothing_is_there_and_the_next_time_is_whole(source, server, killed):
    url, beside, name = server
    copying = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query LIKE 'INSERT INTO \"appoint%%'"
    command = [sys.executable, "-m", "maia", "move-database", url]
    process = subprocess.Popen(command, env=source, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        until(lambda: beside.execute(copying, [name]).fetchone() or process.poll() is not None)
        if killed == "the command":
            process.kill()
        else:
            beside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
        _out, error = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert process.returncode != 0, "it had ended before: it was too quick to be killed"
    assert b"Traceback" not in error
    counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    until(lambda: beside.execute(counted, [name]).fetchone() == (0,))
    import psycopg

    with psycopg.connect(url) as there:
        for table in ("practices_practice", "accounts_user", "appointments_event"):
            assert there.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    done = maia(source, "move-database", url)
    assert done.returncode == 0, done.stderr


def until(true):
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
