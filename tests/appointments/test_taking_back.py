"""A move that is taken back goes over what was there before it, and over nothing newer. Rule 3.6.17."""

from datetime import timedelta

import pytest

from maia.appointments.agenda import By
from maia.appointments.booking import book_appointment
from maia.appointments.exceptions import SlotTaken
from maia.appointments.moving import move_appointment, undo_move
from tests.conftest import NOW, THURSDAY, at, make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.rule("3.6.17")]

BY = By.practice(None)


@pytest.fixture
def moved_away(follow_up, anne, julie):
    """It stood over Iris’s on purpose, and is at three."""
    nine = at(THURSDAY, "09:00")
    iris = make_patient(anne.practice, "Iris")
    book_appointment(follow_up, anne, nine, iris, by=BY, now=NOW)
    over = book_appointment(follow_up, anne, nine, julie, by=BY, now=NOW, allow_overlap=True)
    return move_appointment(over, at(THURSDAY, "15:00"), by=BY, now=NOW)


def taken_back(moved):
    return undo_move(moved, by=BY, now=NOW, seen=moved.version, wait=timedelta(0))


def test_back_over_what_it_overlapped(moved_away):
    back = taken_back(moved_away)
    assert (back.start, back.event.exclusive) == (at(THURSDAY, "09:00"), False)


def test_not_over_who_was_booked_since(moved_away, follow_up, anne):
    zoe = make_patient(anne.practice, "Zoé")
    nine = at(THURSDAY, "09:20")
    book_appointment(follow_up, anne, nine, zoe, by=BY, now=NOW, allow_overlap=True)
    with pytest.raises(SlotTaken):
        taken_back(moved_away)


def test_not_over_who_was_moved_there_since(moved_away, follow_up, anne):
    zoe = make_patient(anne.practice, "Zoé")
    made = book_appointment(follow_up, anne, at(THURSDAY, "11:00"), zoe, by=BY, now=NOW)
    move_appointment(made, at(THURSDAY, "09:20"), by=BY, now=NOW, allow_overlap=True)
    with pytest.raises(SlotTaken):
        taken_back(moved_away)
