"""A type for some weeks of a pregnancy, or some days after the birth (rule 3.9.2)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.limits import passed_by
from maia.appointments.slots import nearest_free
from maia.availability.pregnancy import Unit, Window
from maia.schedules.models import AppointmentType
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

PATIENT, PRACTICE = By.patient(None), By.practice(None)
REASON = NotBookable.Reason
# With this term, 11 to 13 weeks are from 14 December to 3 January.
DUE, FIRST, LAST = date(2027, 7, 12), date(2026, 12, 14), date(2027, 1, 3)
DAY = timedelta(days=1)


@pytest.fixture
def scan(practice):
    type = make_type(practice, "Échographie")
    type.window = Window(Unit.WEEKS, 11, 13)
    type.save()
    return type


@pytest.fixture
def mother(practice):
    return make_patient(practice, "Mona", due_date=DUE)


def book(type, practitioner, day, patient, by=PATIENT):
    return book_appointment(type, practitioner, at(day, "09:00"), patient, by=by, now=NOW)


@pytest.mark.rule("3.9.2")
def test_a_patient_books_inside_of_her_window(anne, scan, mother):
    for day in (FIRST - DAY, LAST + DAY):
        with pytest.raises(NotBookable) as refusal:
            book(scan, anne, day, mother)
        assert (refusal.value.reason, refusal.value.dates) == (
            REASON.OUTSIDE_WINDOW, (FIRST, LAST),
        )  # fmt: skip
    assert book(scan, anne, FIRST, mother).patient == mother
    assert book(scan, anne, LAST, mother).patient == mother


@pytest.mark.rule("3.9.2")
def test_who_has_not_said_her_date_is_asked_where_the_practice_wants_it(anne, scan, julie):
    with pytest.raises(NotBookable) as refusal:
        book(scan, anne, FIRST, julie)
    assert refusal.value.reason == REASON.STAGE_UNKNOWN
    scan.window_asks = False
    assert book(scan, anne, THURSDAY, julie)


def test_after_the_birth_its_date_counts(practice, anne, julie):
    visit = make_type(practice, "Visite")
    visit.window = Window(Unit.DAYS_AFTER_BIRTH, 3, 5)
    julie.child_birth_date = NOW.date()
    with pytest.raises(NotBookable) as refusal:
        book(visit, anne, NOW.date() + 6 * DAY, julie)
    assert refusal.value.dates == (NOW.date() + 3 * DAY, NOW.date() + 5 * DAY)
    assert book(visit, anne, NOW.date() + 3 * DAY, julie)


@pytest.mark.rule("3.9.2")
def test_the_practice_is_told_and_books(anne, scan, mother, julie):
    start = at(THURSDAY, "09:00")
    (passed,) = passed_by(scan, anne, mother, start, now=NOW)
    assert (passed.reason, passed.dates) == (REASON.OUTSIDE_WINDOW, (FIRST, LAST))
    assert passed_by(scan, anne, julie, start, now=NOW) == []  # nobody knows
    assert book(scan, anne, THURSDAY, mother, PRACTICE)


def test_a_patient_moves_inside_of_it_and_is_not_asked_then(anne, scan, mother, julie):
    hers = book(scan, anne, FIRST, mother)
    with pytest.raises(NotBookable) as refusal:
        move_appointment(hers, at(LAST + DAY, "10:00"), by=PATIENT, now=NOW)
    assert refusal.value.reason == REASON.OUTSIDE_WINDOW
    assert move_appointment(hers, at(LAST, "10:00"), by=PATIENT, now=NOW).start == at(LAST, "10:00")
    noted = book(scan, anne, THURSDAY, julie, PRACTICE)
    assert move_appointment(noted, at(LAST, "11:00"), by=PATIENT, now=NOW)


def test_the_nearest_times_are_inside_of_it(anne, scan, mother, julie):
    far = at(FIRST - 10 * DAY, "09:00")
    days = {slot.start.date() for slot in nearest_free(scan, [anne], far, now=NOW, patient=mother)}
    assert days == {FIRST}
    said = nearest_free(scan, [anne], far, now=NOW, patient=julie, between=(LAST, LAST))
    assert {slot.start.date() for slot in said} == {LAST}


@pytest.mark.parametrize(
    "wrong",
    [
        {"window_unit": "weeks"},
        {"window_unit": "weeks", "window_first": 13, "window_last": 11},
        {"window_unit": "weeks", "window_first": 11, "window_last": 46},
        {"window_unit": "", "window_first": 11, "window_last": 13},
        {"window_unit": "days_after_birth", "window_first": 0, "window_last": 731},
        {"window_unit": "moons", "window_first": 1, "window_last": 2},
    ],
)
def test_the_database_keeps_no_half_window(scan, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentType.objects.filter(pk=scan.pk).update(
            **{"window_first": None, "window_last": None, **wrong}
        )
