"""What `maia check --deploy` refuses, and `maia serve` with it."""

import os
import subprocess
import sys
from hashlib import sha256

import pytest

from maia.config import checks
from tests.pace import PATIENCE

pytestmark = pytest.mark.once  # each on settings of its own, with SQLite

SAFE = {
    "MAIA_BASE_URL": "https://rdv.sage-femme.fr",
    "MAIA_EMAIL_URL": "smtp+tls://a:b@mail.example:587",
    "MAIA_TRUSTED_PROXIES": "1",
    "MAIA_SMS_URL": "smsmode://key@",
}


def maia(tmp_path, *arguments, **settings):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAIA_", "DJANGO_"))}
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700, exist_ok=True)
    env |= {"MAIA_DATA_DIR": str(folder), **SAFE, **settings}
    command = [sys.executable, "-m", "maia", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE)


def test_safe_settings_pass(tmp_path):
    done = maia(tmp_path, "check", "--deploy", "--offline")
    assert done.returncode == 0, done.stderr
    assert "maia." not in done.stderr


@pytest.mark.parametrize(
    ("unsafe", "code"),
    [
        ({"MAIA_BASE_URL": "http://rdv.sage-femme.fr"}, "maia.E001"),
        ({"MAIA_BASE_URL": "https://sage-femme.fr/rdv"}, "maia.E002"),
        ({"MAIA_DEMO": "1"}, "maia.E003"),
        ({"MAIA_SECRET_KEY": "secret"}, "maia.E004"),
        ({"MAIA_ALLOWED_HOSTS": "*"}, "maia.E005"),
        ({"MAIA_ALLOWED_HOSTS": ".sage-femme.fr"}, "maia.E005"),
        ({"MAIA_EMAIL_URL": ""}, "maia.E006"),
        ({"MAIA_TLS_KEY": "/etc/hosts"}, "maia.E008"),
        ({"MAIA_SMS_URL": "console://"}, "maia.E010"),
        ({"MAIA_TRUSTED_PROXY": "1"}, "maia.E011"),
    ],
)
def test_unsafe_ones_do_not(tmp_path, unsafe, code):
    done = maia(tmp_path, "check", "--deploy", "--offline", **unsafe)
    assert done.returncode == 1
    assert code in done.stderr


def test_nor_a_folder_that_everybody_reads(tmp_path):
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    assert "maia.E007" in maia(tmp_path, "check", "--deploy", "--offline").stderr


def test_the_server_does_not_start_on_them(tmp_path):
    done = maia(tmp_path, "serve", MAIA_DEMO="1")
    assert done.returncode == 1
    assert "maia.E003" in done.stderr


def test_warnings_are_said_and_let_through(tmp_path):
    done = maia(
        tmp_path, "check", "--deploy", "--offline", MAIA_TRUSTED_PROXIES="0", MAIA_SMS_URL=""
    )
    assert done.returncode == 0
    assert "maia.W001" in done.stderr
    assert "maia.W002" in done.stderr


def test_a_key_that_was_published_is_refused(settings, monkeypatch):
    """Only its digest is known here."""
    settings.SECRET_KEY = "drawn by chance, and then put where everybody reads it: 0123456789"
    assert "maia.E009" not in {one.id for one in checks.production(None)}
    digest = sha256(settings.SECRET_KEY.encode()).hexdigest()
    monkeypatch.setattr(checks, "PUBLISHED_KEY", digest)
    assert "maia.E009" in {one.id for one in checks.production(None)}
