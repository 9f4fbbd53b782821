"""Of a visit that is moved to a time to come nobody has said who came; taken back, what was said stands again."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.attendance import say_attendance
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import By
from tests.conftest import NOW, THURSDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.rule("3.12.9")]

BY = By.practice(None)
MONDAY = date(2026, 11, 30)


@pytest.fixture
def seen(follow_up, anne, julie):
    """On Monday, which is over; she came."""
    visit = book_appointment(
        follow_up, anne, at(MONDAY, "10:00"), julie, by=BY, now=NOW - timedelta(days=3)
    )
    return say_attendance(visit, "attended", was="", by=BY, now=NOW)


def test_what_was_said_does_not_go_to_a_time_to_come_and_comes_back(seen):
    moved = move_appointment(seen, at(THURSDAY, "10:00"), by=BY, now=NOW)
    moved.refresh_from_db()
    assert moved.attendance == ""
    assert moved.history.last().old_attendance == "attended"
    back = undo_move(moved, by=BY, now=NOW, seen=moved.version, wait=timedelta(0))
    back.refresh_from_db()
    assert (back.attendance, back.start) == ("attended", at(MONDAY, "10:00"))
    assert back.history.last().old_attendance == ""


def test_what_was_said_stays_in_the_past(seen):
    moved = move_appointment(seen, at(MONDAY, "11:00"), by=BY, now=NOW)
    moved.refresh_from_db()
    assert (moved.attendance, moved.history.last().old_attendance) == ("attended", "")
