"""What an operator stands on: health, the secret key, logs, settings."""

import json
import logging
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from maia.config.email import read_email_url
from maia.config.secret_key import secret_key
from maia.messaging.beats import Beat
from maia.messaging.models import Message
from tests.conftest import make_type


def test_healthz_is_ok_only_when_the_database_answers(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    said = answer.json()
    assert said.pop("disk")["free_megabytes"] >= 0
    said["alarms"] = [one for one in said["alarms"] if one != "disk"]
    assert said == {
        "status": "alarm",
        "alarms": ["workers"],
        "database": "ok",
        "writable": True,
        "migrations": {"pending": 0},
        "backup": {"at": None, "age_seconds": None},
        "workers": {"alive": 0, "late_messages": 0},
        "jobs": {"waiting": 0, "oldest_seconds": 0},
        "housekeeping": {"done_at": None, "stopped": None},
    }


def test_healthz_counts_workers_and_what_waits(client, practice):
    now = timezone.now()
    Beat("one").tell(now)
    Beat("killed an hour ago").tell(now - timedelta(hours=1))
    Message.objects.create(
        practice=practice, kind="test", channel="email", recipient="practitioner", key="k",
        due_at=now, try_after=now - timedelta(minutes=6),
    )  # fmt: skip
    assert client.get("/healthz").json()["workers"] == {"alive": 1, "late_messages": 1}
    stopped = Beat("one")
    stopped.stop()
    assert client.get("/healthz").json()["workers"]["alive"] == 0


def test_email_providers_are_read_from_one_url():
    assert read_email_url("")[0]["EMAIL_BACKEND"].endswith("console.EmailBackend")
    server, _ = read_email_url("smtp+tls://me:p%2Fw@mail.example:587")
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example", 587)
    assert (server["EMAIL_HOST_PASSWORD"], server["EMAIL_USE_TLS"]) == ("p/w", True)
    assert read_email_url("brevo://k%2Bey@")[1] == {"BREVO_API_KEY": "k+ey"}
    assert read_email_url("mailjet://a:b@")[1] == {
        "MAILJET_API_KEY": "a",
        "MAILJET_SECRET_KEY": "b",
    }


def test_healthz_says_that_the_database_is_away(tmp_path):
    code = (
        "import django; django.setup(); from django.test import Client;"
        "r = Client().get('/healthz', headers={'host': 'localhost'}); print(r.status_code)"
    )
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "maia.config.settings",
        "MAIA_DATA_DIR": str(tmp_path),
        "MAIA_DATABASE_URL": "postgresql://maia@127.0.0.1:9/nowhere",
    }
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "503", done.stderr


def test_an_address_of_a_database_keeps_its_options(tmp_path):
    code = (
        "import json; from maia.config import settings;"
        "print(json.dumps({name: one['OPTIONS'] for name, one in settings.DATABASES.items()}))"
    )
    address = "postgresql://maia@db.example/maia?sslmode=require"
    env = {**os.environ, "MAIA_DATA_DIR": str(tmp_path)}
    env |= {"MAIA_DATABASE_URL": address, "MAIA_REPLICA_URL": address}

    def options(**more):
        done = subprocess.run(
            [sys.executable, "-c", code], env=env | more, capture_output=True, text=True
        )
        return json.loads(done.stdout)

    for one in options().values():
        assert (one["sslmode"], one["prepare_threshold"]) == ("require", 3)
    for one in options(MAIA_PREPARED_STATEMENTS="false").values():
        assert one["sslmode"] == "require"
        assert "prepare_threshold" not in one


def test_the_secret_key_is_made_once_and_is_the_owners_alone(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(secret_key, [tmp_path] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def _formatted(record):
    handler = logging.getLogger().handlers[0]
    for handler in logging.getLogger().handlers:
        if handler.formatter and "Json" in type(handler.formatter).__name__:
            handler.filter(record)
            return json.loads(handler.format(record))
    raise AssertionError("no JSON handler")


def test_a_request_is_logged_by_route_with_an_id_and_nobodys_data(client, follow_up, caplog):
    with caplog.at_level(logging.INFO, "maia.requests"):
        response = client.get("/tilleuls/?email=julie@patiente.example")
    (record,) = [r for r in caplog.records if r.name == "maia.requests"]
    line = _formatted(record)
    assert line["route"] == "<slug:slug>/"
    assert line["status"] == 302
    assert "julie" not in json.dumps(line)
    assert len(response["X-Request-ID"]) == 32


def test_a_traceback_is_logged_without_the_values_in_it(practice):
    try:
        make_type(practice, name="julie@patiente.example", minutes=1)
    except IntegrityError:
        error = sys.exc_info()
    record = logging.LogRecord("maia", logging.ERROR, __file__, 1, "failed", (), error)
    line = _formatted(record)
    assert "IntegrityError" in line["exc_info"]
    assert "conftest.py" in line["exc_info"]
    assert "julie" not in json.dumps(line)


@pytest.mark.once
def test_a_name_that_is_not_ours_is_a_warning_of_one_line(client, db, caplog):
    assert client.get("/", headers={"host": "scanner.example"}).status_code == 400
    (record,) = [r for r in caplog.records if r.name.startswith("django.security")]
    line = _formatted(record)
    assert line["level"] == "WARNING"
    assert line["logger"] == "django.security.DisallowedHost"
    assert not line.get("exc_info")
    assert "scanner" not in json.dumps(line)


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", ["/nope/", "/tilleuls/book/99999/", "/theme/2/red.css", "/a/x/"])
def test_what_does_not_exist_is_a_page_that_says_so(client, practice, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>" in response.content.decode()
