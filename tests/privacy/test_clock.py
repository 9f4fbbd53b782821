"""Housekeeping erases for good: it believes no leap of a clock, and no large share at once."""

import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from maia.patients.models import Patient
from maia.privacy.housekeeping import (
    MANY,
    ClockInDoubt,
    keep_house,
    keep_house_daily,
    keep_house_if_sure,
    state_of_the_house,
)
from maia.privacy.models import Housekeeping, Terms
from tests.conftest import make_patient
from tests.pace import PATIENCE
from tests.workers import environment

DAY = timedelta(days=1)
# `maia` as a process whose clock is so many days from ours.
MOVED = """
import sys
from datetime import timedelta
from django.utils import timezone
real, moved = timezone.now, timedelta(days=float(sys.argv.pop(1)))
timezone.now = lambda: real() + moved
from maia.config.cli import main
main()
"""


@pytest.fixture(autouse=True)
def frozen():
    """Not here: PostgreSQL's clock goes on."""


def moved(days, *command):
    arguments = [sys.executable, "-c", MOVED, str(days), *command]
    env = environment()
    return subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=PATIENCE)


def make_records(practice, count, created_at):
    records = [make_patient(practice, f"Zoé {number}") for number in range(count)]
    Patient.objects.filter(pk__in=[record.pk for record in records]).update(created_at=created_at)


def erased():
    return Patient.objects.exclude(erased_at=None).count()


def done(at, **fields):
    state_of_the_house()
    Housekeeping.objects.update(done_at=at, **fields)


@pytest.fixture
def records(practice):
    """Ten that are past their term tomorrow in 35 years, and one of today."""
    make_records(practice, 10, timezone.now() - timedelta(days=30))
    return make_patient(practice, "Julie")


@pytest.mark.parametrize("ran", [True, False], ids=["ran before", "never ran"])
@pytest.mark.parametrize("leap", [4 * DAY, 60 * DAY, relativedelta(years=35)])
def test_a_leap_erases_nothing_and_ends_by_itself(records, client, ran, leap):
    now = timezone.now()
    if ran:
        done(now - DAY)
    assert keep_house_daily(now + leap) is None
    assert erased() == 0
    told = client.get("/healthz").json()["housekeeping"]["stopped"]
    assert told == ("database" if connection.vendor == "postgresql" else "gap" if ran else "rows")
    # The clock is right again: it goes on the same day, and says nothing more.
    assert keep_house_daily(now) is not None
    assert client.get("/healthz").json()["housekeeping"]["stopped"] is None


def test_of_all_workers_one_does_it_each_day(practice):
    now = timezone.now()
    assert keep_house_daily(now) is not None
    done(now - timedelta(hours=23))
    assert keep_house_daily(now) is None
    done(now - timedelta(hours=25))
    assert keep_house_daily(now) is not None


def test_a_clock_that_leaps_little_by_little_is_held_against_the_newest_row(records):
    now = timezone.now()
    done(now + 31 * DAY)
    with pytest.raises(ClockInDoubt):
        keep_house_if_sure(now + 32 * DAY)
    assert state_of_the_house().stop in ("database", "rows")


def test_a_clock_of_long_ago_does_not_count_as_the_last_time(records):
    now = timezone.now()
    done(now - DAY)
    assert keep_house_daily(now - relativedelta(years=56)) is None
    assert keep_house_daily(now) is not None


def test_a_quiet_practice_is_no_leap(practice):
    """Nothing happens for three weeks of holidays, and workers run."""
    make_records(practice, 3, timezone.now() - 21 * DAY)
    done(timezone.now() - DAY)
    assert keep_house_daily(timezone.now()) is not None


def test_after_three_weeks_off_one_command_is_enough(records, caplog):
    now = timezone.now()
    done(now - 21 * DAY)
    assert keep_house_daily(now) is None
    (line,) = (one for one in caplog.records if one.name == "maia.housekeeping")
    assert "--believe-clock" in line.why
    with pytest.raises(CommandError, match=r"last done .* Nothing was erased.*--believe-clock"):
        call_command("housekeeping", stdout=StringIO())
    call_command("housekeeping", "--believe-clock", stdout=StringIO())
    assert state_of_the_house().stop == ""
    assert keep_house_daily(timezone.now() + timedelta(minutes=5)) is None, "done for today"
    done(now - DAY)
    assert keep_house_daily(timezone.now()) is not None


@pytest.mark.parametrize("count", [MANY, MANY + 1])
def test_a_large_share_at_once_waits_for_a_word(practice, count, client):
    now = timezone.now()
    Terms.objects.create(practice=practice, records_years=3)
    make_records(practice, count, now - relativedelta(years=4))
    make_records(practice, 100, now - DAY)
    if count <= MANY:
        assert keep_house(now)["records"] == count
        return
    done(now - DAY)
    with pytest.raises(CommandError, match=f"{count} records"):
        call_command("housekeeping", stdout=StringIO())
    assert erased() == 0
    assert client.get("/healthz").json()["housekeeping"]["stopped"] == "share"
    call_command("housekeeping", "--however-many", stdout=StringIO())
    assert erased() == count
    assert client.get("/healthz").json()["housekeeping"]["stopped"] is None


def test_a_large_practice_loses_a_small_share_without_asking(practice):
    now = timezone.now()
    Terms.objects.create(practice=practice, records_years=3)
    make_records(practice, 21, now - relativedelta(years=4))
    make_records(practice, 400, now - DAY)
    assert keep_house(now)["records"] == 21


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_clock_leaps_to_2061(practice):
    make_records(practice, 91, timezone.now() - 30 * DAY)
    make_patient(practice, "Julie")
    leapt = moved(35 * 365, "worker", "--until-idle")
    assert leapt.returncode == 0, leapt.stderr
    assert "housekeeping stopped" in leapt.stdout
    assert erased() == 0
    # The next worker, whose clock is right, does not wait until 2061.
    assert "housekeeping stopped" not in moved(0, "worker", "--until-idle").stdout
    at = state_of_the_house().done_at
    assert at is not None
    assert at <= timezone.now()
    # A second leap; and by hand.
    moved(35 * 365, "worker", "--until-idle")
    by_hand = moved(35 * 365, "housekeeping")
    assert by_hand.returncode == 1
    assert "Nothing was erased" in by_hand.stderr
    assert erased() == 0
    assert state_of_the_house().done_at == at
    # Even one who insists loses no large share.
    assert "92 records" in moved(35 * 365, "housekeeping", "--believe-clock").stderr
    assert erased() == 0
