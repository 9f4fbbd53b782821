"""The practice that most tests start from, and the clock they freeze."""

import os
import shutil
import time as clock
from contextlib import ExitStack
from datetime import UTC, date, datetime, time

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches

from maia.accounts.models import User
from maia.patients.models import Patient
from maia.practices.models import Membership, Practice, Practitioner
from maia.schedules.models import AppointmentType, Schedule
from tests import ready
from tests.calendars.fixtures import hospital  # noqa: F401
from tests.messaging.fixtures import sms, smtp  # noqa: F401

# Tuesday 1 December 2026, 10:00 in Paris.
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
THURSDAY = date(2026, 12, 3)


# A busy machine is slow at making examples: that is no fault of what they are about.
hypothesis.settings.register_profile(
    "maia", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("maia")


def pytest_configure(config):
    # Hashed names need a collected folder: the browser tests have the real one.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    places = ExitStack()
    places.enter_context(ready.ready_made())
    config.add_cleanup(places.close)


def pytest_terminal_summary(terminalreporter):
    """For `tests.run`, which says at its end what failed in each of its passes."""
    if path := os.environ.get("MAIA_TESTS_FAILED"):
        engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
        with open(path, "a") as failed:
            for outcome in ("failed", "error"):
                for report in terminalreporter.stats.get(outcome, []):
                    failed.write(f"{outcome} on {engine}: {report.nodeid}\n")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """A copy of a migrated one. SQLite's in a file, as in production, so that other processes reach it."""
    of_tests = settings.DATABASES["default"].setdefault("TEST", {})
    if ready.server():
        of_tests["TEMPLATE"] = ready.migrated_template()
    else:
        file = tmp_path_factory.mktemp("db") / "test.sqlite3"
        shutil.copy(ready.migrated_file(), file)
        of_tests["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_keepdb():
    """Django would begin SQLite's file anew."""
    return not ready.server()


@pytest.fixture(autouse=True)
def a_process_of_its_own():
    """What a process counts for itself: under a frozen clock no minute of it would ever end."""
    caches["process"].clear()


@pytest.fixture
def practice(db):
    return Practice.objects.create(
        name="Cabinet des Tilleuls",
        slug="tilleuls",
        street="3 place du Marché",
        postcode="35000",
        city="Rennes",
        email="cabinet@tilleuls.example",
    )


@pytest.fixture
def anne(practice):
    """Open every day 09:00-12:00 and 14:00-18:00."""
    user = make_user("anne@tilleuls.example")
    practitioner = Practitioner.objects.create(
        practice=practice, user=user, first_name="Anne", last_name="Morel", email=user.email
    )
    schedule = Schedule.objects.create(practitioner=practitioner)
    schedule.write(dict.fromkeys(range(7), [(540, 720), (840, 1080)]))
    return practitioner


@pytest.fixture
def follow_up(practice, anne):
    return make_type(practice)


@pytest.fixture
def julie(practice):
    return make_patient(practice, "Julie", make_user("julie@patiente.example"))


@pytest.fixture
def elsewhere(db):
    """Another practice, with one of everything."""
    practice = Practice.objects.create(name="Ailleurs", slug="ailleurs")
    owner = make_user("owner@ailleurs.example")
    Membership.objects.create(practice=practice, user=owner, role="owner")
    practitioner = Practitioner.objects.create(
        practice=practice, user=owner, first_name="Zoé", last_name="Roux"
    )
    Schedule.objects.create(practitioner=practitioner)
    type = make_type(practice)
    patient = make_patient(practice, "Maud")
    return {
        "practice": practice,
        "owner": owner,
        "practitioner": practitioner,
        "type": type,
        "patient": patient,
    }


def signed_in(client, user, *, factor=False, ago=0):
    """A session of hers, signed in ``ago`` seconds before, with a second factor or without."""
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    at = clock.time() - ago
    records = [{"method": "password", "at": at, "reauthenticated": True}]
    records += [{"method": "mfa", "at": at, "type": "totp"}] if factor else []
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def make_user(email, password=None, *, verified=True):
    return User.objects.create_user(email, password, verified=verified)


def make_patient(practice, first_name="Julie", user=None, **fields):
    fields = {"last_name": "Petit", "email": user.email if user else "", **fields}
    return Patient.objects.create(practice=practice, first_name=first_name, user=user, **fields)


def make_type(practice, name="Suivi de grossesse", minutes=30, **fields):
    fields = {"allow_online_booking": True, "duration_minutes": minutes, **fields}
    return AppointmentType.objects.create(practice=practice, name=name, **fields)


def at(day, text):
    """The instant of a local time in Paris."""
    from zoneinfo import ZoneInfo

    return datetime.combine(day, time.fromisoformat(text), ZoneInfo("Europe/Paris")).astimezone(UTC)
