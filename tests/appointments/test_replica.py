"""A replica that is of no use: slots come from the primary, and nobody notices."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.pace import PATIENCE

ROLE = "maia_reads_nothing"
ASK = """
import json
from django.test import Client
from maia.appointments import replica
rows = replica.read("SELECT count(*) FROM practices_practice", [])
alone = replica._left_alone_until
replica._left_alone_until = 0.0
page = Client().get("{path}", headers={{"host": "127.0.0.1"}})
print(json.dumps({{"rows": rows, "alone": alone, "status": page.status_code,
                  "again": replica._left_alone_until}}))
"""


@pytest.fixture
def env(transactional_db, tmp_path):
    """Of a process whose replica lets its user in, and read nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has replicas")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'reads'")
    there = connection.settings_dict
    place = f"{there['HOST']}:{there['PORT']}/{there['NAME']}"
    yield {
        **{name: value for name, value in os.environ.items() if not name.startswith("MAIA_")},
        "MAIA_DATA_DIR": str(tmp_path),
        "MAIA_DATABASE_URL": f"postgresql://{there['USER']}:{there['PASSWORD']}@{place}",
        "MAIA_REPLICA_URL": f"postgresql://{ROLE}:reads@{place}",
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE {ROLE}")


def test_a_right_that_the_replicas_user_lacks_is_as_good_as_no_replica(env, practice, follow_up):
    path = f"/api/v1/practices/tilleuls/slots?type={follow_up.pk}&from=2026-12-01&to=2026-12-07"
    command = [sys.executable, "-m", "maia", "shell", "--no-imports", "-c", ASK.format(path=path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)
    *log, answer = done.stdout.splitlines()
    said = json.loads(answer)
    assert said["rows"] == [[1]]
    assert said["alone"], "the replica was asked, and is left alone for a while"
    assert (said["status"], bool(said["again"])) == (200, True)
    errors = [line["error"] for line in map(json.loads, log) if line["logger"] == "maia.replica"]
    assert errors == ["InsufficientPrivilege"] * 2
