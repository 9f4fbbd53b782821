"""What closes a time: her hours or the type's own, an absence, a public holiday; nothing else."""

from datetime import date, timedelta

import pytest

from maia.appointments.opening import Why, what_closes
from maia.schedules.models import Absence, Schedule
from tests.conftest import THURSDAY, at

CHRISTMAS = date(2026, 12, 25)  # a Friday


@pytest.fixture
def closing(anne, follow_up):
    def of(day, first, last):
        closed = what_closes(anne, follow_up, at(day, first), at(day, last), "fr")
        return [(one.why, f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in closed]

    return of


def test_within_her_hours_nothing_closes(closing):
    assert closing(THURSDAY, "10:00", "10:30") == []


def test_only_what_stands_outside_of_her_hours_is_told(closing):
    assert closing(THURSDAY, "05:00", "05:30") == [(Why.HOURS, "05:00", "05:30")]


def test_the_hours_of_a_type_stand_in_place_of_hers(closing, follow_up):
    schedule = Schedule.objects.create(appointment_type=follow_up)
    schedule.write({THURSDAY.weekday(): [(5 * 60, 6 * 60)]})
    assert closing(THURSDAY, "05:00", "05:30") == []
    assert closing(THURSDAY, "10:00", "10:30") == [(Why.HOURS, "10:00", "10:30")]


def test_absences_and_holidays_close_by_their_name(closing, anne):
    Absence.objects.create(
        practitioner=anne, start=at(THURSDAY, "09:00"), end=at(THURSDAY, "10:15"), title="Congés"
    )
    assert (Why.ABSENCE, "10:00", "10:15") in closing(THURSDAY, "10:00", "10:30")
    assert Why.HOLIDAY in {why for why, *_ in closing(CHRISTMAS, "10:00", "10:30")}
    assert closing(THURSDAY + timedelta(days=7), "10:00", "10:30") == []
