"""`/healthz` names what an operator should look at; what it does not name is well."""

import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from maia.config.models import Backup
from maia.config.storage import can_write
from maia.messaging.beats import Beat
from tests.config.elsewhere import maia


def asked(client, path="/healthz"):
    caches["process"].clear()  # as if some seconds had passed
    return client.get(path)


@pytest.fixture
def at_work(db):
    now = timezone.now()
    Beat("one").tell(now)


@contextmanager
def read_only():
    """The database as it is on a disk that takes nothing any more: it answers, and refuses."""
    on, off = (
        ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
        if connection.vendor == "postgresql"
        else ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


def test_a_database_that_takes_nothing_is_told(client, transactional_db, at_work):
    assert asked(client).json()["writable"] is True
    with read_only():
        answer = asked(client)
        strict = asked(client, "/healthz?strict")
    assert answer.status_code == 200, "pages are up: a balancer leaves it in"
    assert answer.json()["status"] == "alarm"
    assert answer.json()["writable"] is False
    assert "writable" in answer.json()["alarms"]
    assert strict.status_code == 503
    assert asked(client).json()["writable"] is True


def test_a_standing_alarm_is_no_error_of_the_log_at_each_look(client, db, caplog):
    """No worker is alive: that is an alarm. A monitor looks twice a minute, for days."""
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert asked(client, "/healthz?strict").status_code == 503
    assert not [line for line in caplog.records if line.levelno > logging.INFO]
    lines = [line for line in caplog.records if line.name == "maia.requests"]
    assert [line.status for line in lines] == [503] * 3


def test_another_writer_is_no_full_disk_and_is_not_waited_for(transactional_db):
    held, let_go = Event(), Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM maia_cache WHERE cache_key = 'healthz'")
            held.set()
            let_go.wait(60)
        connection.close()

    can_write()
    caches["process"].clear()
    with ThreadPoolExecutor(1) as thread:
        holding = thread.submit(hold)
        held.wait(30)
        started = time.monotonic()
        try:
            assert can_write() is True
            assert time.monotonic() - started < 15
        finally:
            let_go.set()
        holding.result()


def test_a_migration_that_the_database_lacks_is_counted(client, at_work):
    assert asked(client).json()["migrations"] == {"pending": 0}
    MigrationRecorder(connection).migration_qs.filter(app="config", name="0001_backup").delete()
    said = asked(client).json()
    assert said["migrations"] == {"pending": 1}
    assert "migrations" in said["alarms"]


def test_a_late_backup_is_told_where_patients_come(client, at_work, settings):
    assert asked(client).json()["alarms"] == [], "on one's own computer nobody asks"
    settings.BASE_URL = "https://rdv.sage-femme.fr"
    said = asked(client).json()
    assert said["backup"] == {"at": None, "age_seconds": None}
    assert said["alarms"] == ["backup"]
    now = timezone.now()
    row = Backup.objects.create(finished_at=now - timedelta(hours=25), size=1)
    said = asked(client).json()
    assert 25 * 3600 <= said["backup"]["age_seconds"] < 25 * 3600 + 600
    assert said["alarms"] == []
    row.finished_at = now - timedelta(hours=27)
    row.save()
    assert asked(client).json()["alarms"] == ["backup"]
    settings.BACKUP_HOURS = 0
    assert asked(client).json()["alarms"] == [], "others make them"


def test_workers_and_what_waits_are_alarms(client, db):
    assert asked(client).json()["alarms"] == ["workers"]


def test_a_backup_is_noted_and_the_newest_are_kept(tmp_path, migrated):
    folder = tmp_path / "backups"
    folder.mkdir()
    strangers = ["maia-2026-11-25.backup", "notes.txt", "maia-20260101T000000Z.backup.age"]
    for name in [*strangers, "maia-20250101T000000Z.backup", "maia-20250102T000000Z.backup"]:
        (folder / name).write_text("x")
    left = folder / ".maia-backup-killed"
    left.mkdir()
    os.utime(left, (1e9, 1e9))
    done = maia(migrated, "backup", "--into", str(folder), "--keep", "2")
    assert done.returncode == 0, done.stderr
    assert not left.exists()
    names = {one.name for one in folder.iterdir()} - set(strangers)
    assert len(names) == 2
    assert "maia-20250102T000000Z.backup" in names
    code = "from maia.config.models import Backup; print(Backup.objects.get().size)"
    size = int(maia(migrated, "shell", "--no-imports", "-c", code).stdout.split()[-1])
    (newest,) = [one for one in folder.iterdir() if one.stat().st_size == size]
    assert newest.name == max(names)


@pytest.mark.once
def test_the_one_just_made_stays_whatever_the_clock_said_before(tmp_path, migrated):
    for year in (2098, 2099):
        (tmp_path / f"maia-{year}0101T000000Z.backup").write_text("x")
    maia(migrated, "backup", "--into", str(tmp_path), "--keep", "1")
    (kept,) = tmp_path.glob("maia-*.backup")
    assert not kept.name.startswith("maia-209")


@pytest.mark.once
@pytest.mark.parametrize(
    "words", [["--keep", "0"], ["--keep", "two"], ["x.backup", "--keep", "2"], []]
)
def test_what_cannot_be_meant_is_refused(tmp_path, elsewhere, words):
    into = ["--into", str(tmp_path)] if words[:1] == ["--keep"] else []
    done = maia(elsewhere, "backup", *into, *words)
    assert done.returncode
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.backup"))
