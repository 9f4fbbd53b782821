"""Where patients come and nobody can be handed a message, it is held: never printed, never *sent*."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.messaging.held import WITHHELD, held, let_go
from maia.messaging.models import Message
from maia.messaging.worker import work_once
from maia.practices.models import Membership
from tests.conftest import NOW, THURSDAY, at, signed_in
from tests.pace import PATIENCE
from tests.workers import environment

OPEN = "https://rdv.sage-femme.fr"
WITHOUT = {"BASE_URL": OPEN, "EMAIL_BACKEND": WITHHELD, "SMS_URL": ""}


@pytest.fixture
def booked(follow_up, anne, julie):
    julie.mobile = "+33639980101"
    julie.save()
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )
    Appointment.objects.update(sms_reminder=True)
    return made


def work(now=NOW):
    """As a worker that starts."""
    let_go(now)
    while work_once("w", lambda: now, threading.Event()):
        pass


def statuses(**only):
    found = Message.objects.filter(**only).order_by("channel", "pk")
    return [(m.channel, m.status, m.error, m.attempts, m.to) for m in found]


def test_without_a_mail_server_they_wait_and_say_why(booked, client, anne):
    with override_settings(**WITHOUT):
        work()
        confirmation = statuses(kind="confirmation")
        assert confirmation == [("email", "queued", "no_mail_server", 0, "")]
        assert held() == {"email": 2}  # and the notice to the practitioner
        workers = client.get("/healthz", headers={"x-forwarded-proto": "https"}).json()["workers"]
        assert workers["held_messages"] == {"email": 2}
    Membership.objects.create(practice=anne.practice, user=anne.user, role="owner")
    page = signed_in(client, anne.user).get("/pro/messages/").content.decode()
    assert "2 e-mails attendent" in page


def test_they_go_when_there_is_one(booked, smtp, sms):
    with override_settings(**WITHOUT):
        work()
    assert smtp.taken == []
    work(NOW + timedelta(minutes=1))  # at once, not when their next look is due
    assert len(smtp.taken) == 2
    assert held() == {}
    assert [status for _, status, *_ in statuses(kind="confirmation")] == ["sent"]


def test_what_is_over_does_not_go(booked, smtp, sms):
    with override_settings(**WITHOUT):
        work()
        work(at(THURSDAY, "07:00"))
        assert held() == {"email": 2, "sms": 1}  # her reminder waits behind her confirmation
    let_go(at(THURSDAY, "19:00"))
    work(at(THURSDAY, "19:00"))
    assert smtp.taken == []
    assert sms.taken == []
    (told,) = statuses(kind="confirmation")
    assert told[1:3] == ("failed", "no_mail_server")  # the practice sees it among those to settle
    assert {m.channel: m.status for m in Message.objects.filter(kind="reminder")} == {
        "email": "dropped",
        "sms": "dropped",
    }


def test_on_ones_own_computer_nothing_is_held(booked, settings):
    settings.SMS_URL = ""
    work(at(THURSDAY, "07:00"))
    assert held() == {}


ACTS = [
    ["worker", "--until-idle"],
    ["serve"],
    ["housekeeping"],
    ["token", "anne@tilleuls.example"],
    ["demo"],
    ["hooks"],
    ["practice", "create", "--name", "X", "--slug", "x", "--owner", "x@x.example",
     "--first-name", "X", "--last-name", "X"],
]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("command", ACTS, ids=lambda words: words[0])
def test_no_command_that_acts_starts_on_unsafe_settings(tmp_path, command):
    tmp_path.chmod(0o700)
    env = environment(MAIA_BASE_URL=OPEN, MAIA_DATA_DIR=str(tmp_path))
    del env["MAIA_DATABASE_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "maia", *command],
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "maia.E006" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["", "consolemail://", "dummymail://", "memorymail://"])
def test_a_worker_past_the_checks_prints_nothing(anne, url):
    """As a program of the operator's own would start it."""
    now = timezone.now()
    Message.objects.create(
        practice=anne.practice, practitioner=anne, kind="test", channel="email", key="k",
        recipient="practitioner", due_at=now, try_after=now,
    )  # fmt: skip
    code = (
        "import django; django.setup(); import threading; from django.utils import timezone;"
        "from maia.messaging.worker import run_until_idle;"
        "run_until_idle(timezone.now, threading.Event())"
    )
    env = environment(MAIA_BASE_URL=OPEN, MAIA_EMAIL_URL=url)
    env["DJANGO_SETTINGS_MODULE"] = "maia.config.settings"
    if not url:
        del env["MAIA_EMAIL_URL"]
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert "tilleuls.example" not in done.stdout + done.stderr
    assert statuses() == [("email", "queued", "no_mail_server", 0, "")]
