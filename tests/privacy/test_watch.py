"""A worker whose clock leaps stops before it judges anything, says so, and goes on by itself."""

import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from maia.accounts.waits import NotBelieved
from maia.messaging.models import Message
from maia.privacy.housekeeping import state_of_the_house
from maia.privacy.models import Housekeeping
from maia.privacy.watch import MOST, SETTLES, WatchedClock
from tests.conftest import make_patient, make_user
from tests.pace import PATIENCE
from tests.workers import environment

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ON_SQLITE = connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def frozen():
    """Not here: PostgreSQL's clock goes on."""


class Machine:
    """Its clock can be set; its seconds cannot."""

    def __init__(self):
        self.moved, self.passed = timedelta(), 0.0
        self.clock = WatchedClock(lambda: timezone.now() + self.moved, lambda: self.passed)

    def later(self, seconds, *, moved=None):
        self.passed += seconds
        self.moved = timedelta(seconds=self.passed) + (moved or timedelta()) if ON_SQLITE else moved

    def says(self):
        try:
            self.clock()
        except NotBelieved as doubt:
            return doubt.code
        return ""


@pytest.fixture
def machine(practice):
    make_patient(practice, "Julie")  # the newest row is of now
    return Machine()


@pytest.mark.parametrize("leap", [6 * MINUTE, 10 * DAY, 35 * 365 * DAY, -6 * MINUTE, -DAY])
def test_a_leap_stops_it_and_the_right_time_lets_it_go_on(machine, leap):
    assert machine.says() == ""
    machine.later(1, moved=leap)
    assert machine.says() == ("leap" if ON_SQLITE else "database")
    machine.later(11, moved=leap)
    assert machine.says() != ""
    machine.later(11, moved=timedelta())
    assert machine.says() == ""


def test_what_it_reckons_meanwhile_is_the_right_time(machine):
    machine.clock()
    machine.later(30, moved=400 * DAY)
    with pytest.raises(NotBelieved) as doubt:
        machine.clock()
    passed = timedelta(seconds=30) if ON_SQLITE else timedelta()
    assert abs(doubt.value.at - timezone.now() - passed) < MINUTE


def test_a_clock_that_drifts_is_no_leap(machine):
    for _ in range(20):
        machine.later(60, moved=timedelta(seconds=20))
        assert machine.says() == ""


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL's clock is asked")
class TestAlone:
    """No other clock is there."""

    def test_a_machine_that_slept_has_not_leapt(self, machine):
        assert machine.says() == ""
        machine.later(9 * 3600)
        assert machine.says() == ""

    def test_a_clock_that_was_set_right_is_believed_after_a_while(self, machine):
        assert machine.says() == ""
        machine.later(1, moved=3 * DAY)
        assert machine.says() == "leap"
        machine.later(SETTLES + 11, moved=3 * DAY)
        assert machine.says() == ""

    def test_one_of_2061_is_not_until_somebody_says_so(self, machine):
        assert machine.says() == ""
        for seconds in (1, SETTLES + 11, 86400.0):
            machine.later(seconds, moved=35 * 365 * DAY)
            assert machine.says() != ""
        state_of_the_house()
        Housekeeping.objects.update(believed_at=timezone.now() + machine.moved)
        machine.later(11, moved=35 * 365 * DAY)
        assert machine.says() == ""

    def test_nor_at_its_start(self, machine):
        machine.later(0, moved=35 * 365 * DAY)
        assert machine.says() == "rows"
        machine.later(11, moved=timedelta())
        assert machine.says() == ""

    def test_after_holidays_it_works(self, machine):
        machine.later(0, moved=21 * DAY)
        assert machine.says() == ""

    def test_a_row_that_a_wrong_clock_wrote_stops_nobody(self, machine):
        user = make_user("zoe@patiente.example")
        user.last_login = timezone.now() + 35 * 365 * DAY
        user.save()
        assert machine.says() == ""


def test_a_few_minutes_are_nothing(machine):
    machine.later(0, moved=MOST - MINUTE)
    assert machine.says() == ""


# `maia worker` as a process whose clock is of 2061 for as long as a file is there.
LEAPING = """
import os, sys
from datetime import timedelta
from django.utils import timezone
real, there = timezone.now, sys.argv.pop(1)
timezone.now = lambda: real() + timedelta(days=35 * 365 if os.path.exists(there) else 0)
from maia.config.cli import main
main()
"""


@contextmanager
def worker(there):
    command = [sys.executable, "-c", LEAPING, str(there), "worker"]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def until(true, seconds=90):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "not within the time"
        time.sleep(0.2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_leaps_drops_no_reminder(practice, anne, client, tmp_path):
    """What is due during the leap waits, is neither dropped nor sent, and leaves afterwards."""
    there = tmp_path / "leapt"
    make_patient(practice, "Julie")

    def told():
        return client.get("/healthz").json()["workers"]

    def owe(key):
        return Message.objects.create(
            practice=practice, practitioner=anne, kind="test", recipient="practitioner",
            channel="email", key=key, due_at=timezone.now(), try_after=timezone.now(),
        )  # fmt: skip

    with worker(there) as process:
        until(lambda: told()["alive"] == 1)
        there.touch()
        until(lambda: "stopped" in told())
        assert told()["alive"] == 0
        assert told()["stopped"] in ("leap", "database")
        message = owe("during")
        time.sleep(3)
        message.refresh_from_db()
        assert (message.status, message.attempts, message.worker) == ("queued", 0, "")
        there.unlink()
        until(lambda: Message.objects.get(key="during").status == "sent")
        until(lambda: told() == {"alive": 1, "late_messages": 0})
        assert process.poll() is None
