"""A move that is taken back goes over what was there before it, and over nothing newer. Rule 3.6.17."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.exceptions import SlotTaken
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


def test_not_over_a_personal_event_that_came_since(moved_away, anne):
    block = {"now": NOW, "allow_overlap": True}
    block_time(anne, at(THURSDAY, "09:20"), at(THURSDAY, "09:40"), Text("Livraison"), **block)
    with pytest.raises(SlotTaken):
        taken_back(moved_away)


def test_back_under_what_was_noted_over_it_before(follow_up, anne, julie):
    nine = at(THURSDAY, "09:00")
    under = book_appointment(follow_up, anne, nine, julie, by=BY, now=NOW)
    zoe = make_patient(anne.practice, "Zoé")
    over = at(THURSDAY, "09:10")
    book_appointment(follow_up, anne, over, zoe, by=BY, now=NOW, allow_overlap=True)
    back = taken_back(move_appointment(under, at(THURSDAY, "15:00"), by=BY, now=NOW))
    assert (back.start, back.event.exclusive) == (nine, False)


def test_the_same_form_posted_twice_is_one_act(moved_away):
    """By somebody without a script, or whose answer was lost."""
    again = move_appointment(moved_away, moved_away.start, by=BY, now=NOW, seen=0)
    assert again.version == moved_away.version
