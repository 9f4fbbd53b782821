"""A backup taken while patients book, put back elsewhere: the same Maia."""

import json
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.config.elsewhere import maia
from tests.faults.test_site import SETUP, post, shell
from tests.postgres import binaries as postgresql_bin
from tests.site import running_site

pytestmark = pytest.mark.usefixtures("binaries")
COUNT = """
import json
from django.db.models import Count
from maia.appointments.models import Appointment
from maia.messaging.models import Message
from maia.patients.models import Patient
print(json.dumps([Appointment.objects.count(), Patient.objects.count(), Message.objects.count()]))
"""

LATER = """
from django.db import connection
connection.cursor().execute("CREATE TABLE later_one (id integer)")
"""
TABLES = """
from django.db import connection
print(connection.introspection.table_names())
"""


def count(env):
    done = maia(env, "shell", "--no-imports", "-c", COUNT)
    return json.loads(done.stdout.splitlines()[-1])


def test_a_backup_under_load_is_one_instant_and_comes_back(tmp_path, elsewhere):
    file = tmp_path / "maia.backup"
    home = tmp_path / "home"
    home.mkdir()
    with running_site(home, MAIA_POSTGRESQL_BIN=str(postgresql_bin())) as site:
        made = shell(site, SETUP % 20)
        before = count(site.env)
        with ThreadPoolExecutor(6) as crowd:
            pairs = zip(made["cookies"], made["urls"], strict=False)
            booking = [crowd.submit(post, site.base, url, cookie) for cookie, url in pairs]
            done = maia(site.env, "backup", str(file))
            answers = [one.result()[0] for one in booking]
        assert done.returncode == 0, done.stderr
        assert set(answers) == {302}, "a backup makes nobody wait"
        after = count(site.env)
        key = (home / "secret_key").read_text()
    assert file.stat().st_mode & 0o077 == 0
    done = maia(elsewhere, "restore", str(file))
    assert done.returncode == 0, done.stderr
    url = elsewhere.get("MAIA_DATABASE_URL", "")
    where = url.rpartition("/")[2] if url.startswith("postgres") else elsewhere["MAIA_DATA_DIR"]
    assert where in done.stdout
    assert "on a trial start none" in done.stdout
    restored = count(elsewhere)
    assert before[0] <= restored[0] <= after[0]
    assert restored[1] == after[1]
    assert (Path(elsewhere["MAIA_DATA_DIR"]) / "secret_key").read_text() == key
    # What holds something is written over on purpose only, and then altogether.
    refused = maia(elsewhere, "restore", str(file))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    # So does what a later version had added.
    maia(elsewhere, "shell", "--no-imports", "-c", LATER)
    done = maia(elsewhere, "restore", str(file), "--replace")
    assert done.returncode == 0, done.stderr
    assert "later_one" not in maia(elsewhere, "shell", "--no-imports", "-c", TABLES).stdout
    assert count(elsewhere) == restored
    assert maia(elsewhere, "migrate", "--check").returncode == 0


def test_what_is_no_backup_changes_nothing(tmp_path, migrated):
    good = tmp_path / "good"
    assert maia(migrated, "backup", str(good)).returncode == 0
    before = count(migrated)
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("hello")
    cut = tmp_path / "cut"
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    later = tmp_path / "later"
    _with_migration(good, later, "appointments.9999_to_come")
    for file, words in ((nonsense, "not a backup"), (cut, "not a backup"),
                        (later, "later version"), (tmp_path / "none", "No such file")):  # fmt: skip
        done = maia(migrated, "restore", str(file), "--replace")
        assert done.returncode == 1
        assert words in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    assert count(migrated) == before
    assert "no folder" in maia(migrated, "backup", str(tmp_path / "no" / "where")).stderr
    assert not list(tmp_path.glob("*.part"))


def _with_migration(file, to, migration):
    folder = to.with_suffix(".d")
    with tarfile.open(file) as tar:
        tar.extractall(folder)
    manifest = json.loads((folder / "maia.json").read_text())
    manifest["migrations"].append(migration)
    (folder / "maia.json").write_text(json.dumps(manifest))
    with tarfile.open(to, "w:gz") as tar:
        for one in folder.iterdir():
            tar.add(one, one.name)
    shutil.rmtree(folder)
