"""What an operator may type: refused in a line each, never with a traceback, never with a secret."""

import json
import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings as conf
from django.core.management import CommandError, call_command

import maia
from maia.config.reaching import ask_all
from maia.config.variables import Variables, WrongSettings, hidden
from tests.ports import free_port

ROOT = Path(maia.__file__).parent.parent

pytestmark = pytest.mark.once


def run(tmp_path, *arguments, **variables):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAIA_", "DJANGO_"))}
    env |= {"MAIA_DATA_DIR": str(tmp_path / "data"), **variables}
    command = [sys.executable, "-m", "maia", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


WRONG = {
    "MAIA_PORT": ["abc", "0", "70000", "-1", "80.5", "８０００"],
    "MAIA_HOST": ["foo_bar!", "[::", "localhost", "127.0.0.1:8000"],
    "MAIA_ALLOWED_HOSTS": ["https://rdv.example.fr", "rdv.example.fr other.fr", "a/b"],
    "MAIA_WEB_WORKERS": ["0", "many"],
    "MAIA_DATABASE_URL": [
        "postgres//typo", "mysql://root:s3cret@h/x", "postgresql://h", "maia", "sqlite://",
        "postgresql://u:s3cret@h:port/n", "postgresql://[::1/x",
    ],
    "MAIA_REPLICA_URL": ["oracle://a:s3cret@b/c", "sqlite:///there"],
    "MAIA_EMAIL_URL": [
        "brevo://", "brevo://@", "mailjet://s3cret@", "smtp+tls://", "stmp://h", "mail.example:25",
        "smtp://u:s3cret@h:x", "smtp+tls://user:s3cret/x@h:587",
    ],
    "MAIA_SMS_URL": [
        "ohv://a:s3cret@c?consumer=s3cret", "brevo://", "ovh://a:s3cret@c", "twilio://a:s3cret@",
        "nothing", "sinch://a:s3cret@nobody",
    ],
    "MAIA_ALLOWED_NETWORKS": ["10.4.0.0/40", "10.4.0.1/16", "office"],
    "MAIA_LANGUAGE": ["de", "fra"],
    "MAIA_TRUSTED_PROXIES": ["-1", "one"],
    "MAIA_SMS_A_DAY": ["-5"],
    "MAIA_EMAIL_RATE": ["-0.5", "inf", "nan"],
    "MAIA_TLS_CERTIFICATE": ["/nowhere.pem", "/tmp"],
    "MAIA_BASE_URL": ["rdv.example.fr", "ftp://rdv.example.fr", "https://", "https://[::1", "https://h:port"],
    "MAIA_DEMO": ["perhaps"],
    "MAIA_FROM_EMAIL": ["Maia", "a@b@c", "Maia\nBcc: <a@b.example>"],
    "MAIA_DATA_DIR": ["/proc/nowhere", "/proc/self"],
    "MAIA_SECRET_KEY_FILE": ["/nowhere", "/dev/zero", "/tmp"],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_one_line_with_its_name(tmp_path, monkeypatch, name):
    for variable in [one for one in os.environ if one.startswith("MAIA_")]:
        monkeypatch.delenv(variable)
    for value in WRONG[name]:
        monkeypatch.setenv("MAIA_DATA_DIR", str(tmp_path))
        monkeypatch.setenv(name, value)
        with pytest.raises(WrongSettings) as refused:
            runpy.run_path(str(ROOT / "maia/config/settings.py"))
        (line,) = str(refused.value).splitlines()
        assert line.startswith(f"{name} is "), (value, line)
        assert "expected" in line
        assert "s3cret" not in line, value


NUMBERS = (
    "MAIA_WEB_WORKERS", "MAIA_WEB_THREADS", "MAIA_BACKUP_HOURS", "MAIA_TEAM_IDLE_HOURS",
    "MAIA_BORROWED_IDLE_MINUTES", "MAIA_TRUSTED_PROXIES", "MAIA_READS_A_MINUTE",
    "MAIA_WRITES_A_MINUTE", "MAIA_PROVIDER_SECONDS", "MAIA_WORKER_LEASE_SECONDS",
    "MAIA_EMAIL_RATE", "MAIA_SMS_RATE", "MAIA_SMS_A_DAY", "MAIA_PORT",
)  # fmt: skip


def test_every_number_has_an_end(tmp_path):
    """One that is too large for an instant, or for the machine, is no traceback later on."""
    done = run(tmp_path, "worker", "--until-idle", **dict.fromkeys(NUMBERS, "99999999999999999999"))
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert {line.removeprefix("maia: ").partition(" is ")[0] for line in lines} == set(NUMBERS)
    assert all(re.search(r"number from \d+ to \d+\.$", line) for line in lines), lines


def test_all_that_is_wrong_is_said_at_once(tmp_path):
    done = run(tmp_path, "serve", MAIA_PORT="abc", MAIA_LANGUAGE="de", MAIA_SMS_URL="ohv://a:b@c")
    assert done.returncode == 1
    assert [line[:11] for line in done.stderr.strip().splitlines()] == ["maia: MAIA_"] * 3
    assert "Did you mean ovh?" in done.stderr


def test_a_name_that_is_not_maias_is_told_with_the_nearest(tmp_path):
    done = run(tmp_path, "check", MAIA_BASE_ULR="https://x.example")
    assert done.returncode == 0
    assert "MAIA_BASE_ULR is no variable of Maia's. Did you mean MAIA_BASE_URL?" in done.stderr
    env = {"MAIA_BASE_URL": "https://rdv.example.fr", "MAIA_EMIAL_URL": "smtp://h"}
    done = run(tmp_path, "worker", "--until-idle", **env)
    assert done.returncode == 1
    assert "Did you mean MAIA_EMAIL_URL?" in done.stderr


def test_secrets_may_stand_in_files(tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://maia:s3cret@db/maia\n")
    read = Variables({"MAIA_DATABASE_URL_FILE": str(file)})
    assert read.database("MAIA_DATABASE_URL")["PASSWORD"] == "s3cret"
    assert read.wrong == read.unknown() == []
    both = Variables({"MAIA_SECRET_KEY_FILE": str(file), "MAIA_SECRET_KEY": "x"})
    both.secret("MAIA_SECRET_KEY")
    assert both.wrong == [
        "MAIA_SECRET_KEY and MAIA_SECRET_KEY_FILE are both set: expected one of them."
    ]
    assert Variables({"MAIA_PORT_FILE": "x"}).unknown()  # no secret


def test_what_is_right_is_taken():
    read = Variables(
        {
            "MAIA_A": " 12 ",
            "MAIA_B": "Yes",
            "MAIA_C": "10.0.0.0/8, 192.168.1.4",
            "MAIA_D": "",
            "MAIA_E": "[::1]",
        }
    )
    assert read.whole("MAIA_A", 1, most=99) == 12
    assert read.yes("MAIA_B", default=False) is True
    assert len(read.networks("MAIA_C")) == 2
    assert read.whole("MAIA_D", 7, most=99) == 7  # empty is as if it were not there
    assert read.host("MAIA_E", "") == "::1"
    assert read.hosts("MAIA_F", [], shown="") == []
    assert read.wrong == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://u:p@h:5432/n?x=y", "“postgresql://…@h:5432/n?…”"),
        ("smtp://h", "“smtp://h”"),
        ("a-long-key-without-any-address-in-it", "not shown (it may hold a password)"),
        ("postgres//u:p@h", "not shown (it may hold a password)"),
    ],
)
def test_an_address_is_shown_without_what_opens_something(value, shown):
    assert hidden(value) == shown


# --- What is written down ---


def table():
    text = (ROOT / "docs/operators-settings.md").read_text()
    rows = text.partition("## Settings")[2].partition("\n## ")[0]
    for names, default in re.findall(r"^\| (`MAIA_[^|]*) \| ([^|]*) \|", rows, re.M):
        names = re.findall(r"`(MAIA_\w+)`", names)
        parts = default.replace("`", "").strip().split(", ")
        for place, name in enumerate(names):
            yield name, parts[place] if len(names) == len(parts) > 1 else ", ".join(parts)


def test_the_guide_names_what_is_read_with_its_defaults():
    written = dict(table())
    assert set(written) == set(conf.VARIABLES)
    for name, default in conf.VARIABLES.items():
        assert written[name].startswith(default.replace("`", "") or "empty"), (
            name,
            default,
            written[name],
        )


def test_nothing_reads_a_variable_past_the_settings():
    for file in (ROOT / "maia").rglob("*.py"):
        if file.name != "variables.py":
            assert not re.search(r"(environ|getenv)\W.{0,12}MAIA_", file.read_text()), file


def test_one_number_everywhere(tmp_path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == maia.__version__
    changes = (ROOT / "CHANGELOG.md").read_text()
    section = changes.partition(f"\n## {maia.__version__} (")[2].partition("\n## ")[0]
    assert "### What this upgrade asks" in section
    assert run(tmp_path, "--version").stdout == f"maia {maia.__version__}\n"


def test_help_lists_ours_in_english(tmp_path):
    shown = run(tmp_path, "help").stdout
    assert re.search(r"^  test-email +\w", shown, re.M)
    assert "makemigrations" not in shown
    assert shown.isascii()
    assert "makemigrations" in run(tmp_path, "django", "help").stdout
    assert "ADDRESS" in run(tmp_path, "test-email", "--help").stdout.upper()


@pytest.mark.parametrize(
    "words", [["backup", "/nowhere/x"], ["token", "nobody@x.example"], ["test-email", "nobody"]]
)
def test_commands_for_operators_speak_english(tmp_path, words):
    """Whatever language patients read."""
    done = run(tmp_path, *words, MAIA_LANGUAGE="fr")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr or words[0] == "token"  # its database is not migrated
    assert "translation infrastructure" not in done.stderr
    assert done.stderr.isascii()


# --- What answers ---


def test_what_is_needed_is_asked_and_nothing_is_sent(smtp, sms, settings, db):
    answers = {one.what: one for one in ask_all()}
    assert {what: one.good for what, one in answers.items()} == {
        "database": True, "email": True, "SMS": True,
    }  # fmt: skip
    assert smtp.taken == []
    assert sms.taken == []
    settings.EMAIL_PORT = free_port()
    settings.SMS_URL = f"smsmode://key@?base=http://127.0.0.1:{free_port()}"
    answers = {one.what: one for one in ask_all()}
    assert "cannot be reached" in answers["email"].words
    assert "does not answer" in answers["SMS"].words


def test_check_fails_on_what_does_not_answer(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    safe = {
        "MAIA_BASE_URL": "https://rdv.example.fr",
        "MAIA_TRUSTED_PROXIES": "1",
        "MAIA_EMAIL_URL": f"smtp://u:s3cret@127.0.0.1:{free_port()}",
        "MAIA_DATABASE_URL": f"postgresql://maia:s3cret@127.0.0.1:{free_port()}/maia",
    }
    done = run(tmp_path, "check", "--deploy", **safe)
    assert done.returncode == 1
    assert "What does not answer: database, email" in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_a_test_email_and_what_became_of_it(smtp, capsys, settings):
    call_command("test_email", "anne@tilleuls.example")
    assert smtp.taken[0]["To"] == "anne@tilleuls.example"
    assert "Taken" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not an email address"):
        call_command("test_email", "anne")
    settings.EMAIL_PORT = free_port()
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("test_email", "anne@tilleuls.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    with pytest.raises(CommandError, match="MAIA_EMAIL_URL is not set"):
        call_command("test_email", "anne@tilleuls.example")


def test_a_test_sms_and_what_became_of_it(sms, capsys, settings):
    call_command("test_sms", "06 39 98 01 01")
    assert json.dumps(sms.taken[0]["body"]).count("33639980101") == 1
    assert "Taken" in capsys.readouterr().out
    for number in ("hello", "+33123456789"):
        with pytest.raises(CommandError, match=r"no (telephone number|mobile)"):
            call_command("test_sms", number)
    settings.SMS_URL = f"smsmode://key@?base=http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("test_sms", "+33639980101")
    settings.SMS_URL = ""
    with pytest.raises(CommandError, match="MAIA_SMS_URL is not set"):
        call_command("test_sms", "+33639980101")
