"""Windows of types and dates of a pregnancy, through the API (rules 3.9.2 and 3.9.3)."""

from datetime import timedelta

import pytest

from maia.availability.pregnancy import Unit, Window
from tests.api.conftest import assert_problem
from tests.appointments.test_windows import DUE, FIRST, LAST
from tests.conftest import NOW, make_type

WEEKS = {"unit": "weeks", "from": 11, "to": 13}


@pytest.fixture
def scan(practice, anne):
    type = make_type(practice, "Échographie")
    type.window = Window(Unit.WEEKS, 11, 13)
    type.save()
    return type


def test_a_type_says_its_window(owner, anybody, practice, anne):
    made = owner.call(
        "POST", "office/appointment-types",
        {"name": "Écho", "duration_minutes": 30, "window": WEEKS, "allow_online_booking": True},
        **{"Idempotency-Key": "x"},
    ).json()  # fmt: skip
    assert (made["window"], made["window_asks"]) == (WEEKS, True)
    (public,) = anybody.call("GET", "practices/tilleuls/appointment-types").json()["items"]
    assert public["window"] == WEEKS
    path = f"office/appointment-types/{made['id']}"
    assert owner.call("PATCH", path, {"name": "Autre"}).json()["window"] == WEEKS
    after = {"unit": "days_after_birth", "from": 3, "to": 12}
    changed = owner.call("PATCH", path, {"window": after, "window_asks": False}).json()
    assert (changed["window"], changed["window_asks"]) == (after, False)
    assert owner.call("PATCH", path, {"window": None}).json()["window"] is None
    assert owner.call("GET", path).json()["window"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "moons", "from": 1, "to": 2},
        {"unit": "weeks", "from": 13, "to": 11},
        {"unit": "weeks", "from": 11, "to": 46},
        {"unit": "weeks", "from": 11},
        {"unit": "days_after_birth", "from": -1, "to": 3},
        "weeks",
    ],
)
def test_half_a_window_is_refused(owner, scan, wrong):
    path = f"office/appointment-types/{scan.pk}"
    assert_problem(owner.call("PATCH", path, {"window": wrong}), 422, "invalid")
    scan.refresh_from_db()
    assert scan.window == Window(Unit.WEEKS, 11, 13)


@pytest.mark.rule("3.9.2")
def test_a_patient_books_inside_with_the_date_that_she_says(patient, scan, anne, julie):
    body = {"type": scan.pk, "practitioner": anne.pk, "start": f"{FIRST}T09:00:00+01:00"}
    path = "practices/tilleuls/appointments"

    def book(**said):
        return patient.call("POST", path, body | said)

    unknown = assert_problem(book(), 422, "not_bookable")
    assert unknown["reason"] == "stage_unknown"
    assert_problem(book(due_date="2040-01-01"), 422, "invalid")
    late = {"start": f"{LAST + timedelta(days=1)}T09:00:00+01:00", "due_date": str(DUE)}
    outside = assert_problem(book(**late), 422, "not_bookable")
    assert outside["reason"] == "outside_window"
    assert {slot["start"][:10] for slot in outside["alternatives"]} <= {str(LAST)}
    julie.refresh_from_db()
    assert julie.due_date is None  # with what is booked, or not at all
    assert book(due_date=str(DUE)).status_code == 201
    julie.refresh_from_db()
    assert julie.due_date == DUE


@pytest.mark.rule("3.9.3")
def test_a_record_takes_dates_of_a_pregnancy_of_now(owner, julie):
    path = f"office/patients/{julie.pk}"
    born = NOW.date() - timedelta(days=3)
    said = owner.call("PATCH", path, {"due_date": str(DUE), "child_birth_date": str(born)}).json()
    assert (said["due_date"], said["child_birth_date"]) == (str(DUE), str(born))
    tomorrow = str(NOW.date() + timedelta(days=1))
    assert_problem(owner.call("PATCH", path, {"child_birth_date": tomorrow}), 422, "invalid")
    assert_problem(owner.call("PATCH", path, {"due_date": "2040-01-01"}), 422, "invalid")
    assert owner.call("PATCH", path, {"due_date": None}).json()["due_date"] is None
    assert owner.call("GET", path).json()["child_birth_date"] == str(born)
