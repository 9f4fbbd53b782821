"""*Sans préférence*: her own midwife, else the one with the least booked that week (rule 3.3)."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.preference import one_a_time
from maia.appointments.slots import free_slots
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient

WEEK = timedelta(days=7)


@pytest.fixture
def ines(practice):
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad", position=1)
    Schedule.objects.create(practitioner=colleague).write(dict.fromkeys(range(7), [(540, 660)]))
    return colleague


def offered(type, team, day=THURSDAY, own=None):
    """By start: to whom it is given."""
    days = free_slots(type, team, day, day, now=NOW)
    given = one_a_time(days[day], own=own, zone=type.practice.zone)
    assert [slot.start for slot in given] == sorted({slot.start for slot in days[day]})
    return {slot.start: slot.practitioner for slot in given}


def book(type, who, day, text, patient):
    by = By.practice(None)
    return book_appointment(type, who, at(day, text), patient, by=by, now=NOW)


@pytest.mark.rule("3.3.6")
def test_it_goes_to_who_has_the_least_booked_that_week(practice, anne, ines, follow_up, julie):
    nine = at(THURSDAY, "09:00")
    assert offered(follow_up, [anne, ines])[nine] == anne  # both have nothing: the first
    book(follow_up, anne, THURSDAY - timedelta(days=2), "15:00", julie)
    assert offered(follow_up, [anne, ines])[nine] == ines
    assert offered(follow_up, [anne, ines])[at(THURSDAY, "15:00")] == anne  # nobody else is there
    after = THURSDAY + WEEK
    assert offered(follow_up, [anne, ines], after)[at(after, "09:00")] == anne


def test_her_own_time_and_what_was_cancelled_do_not_count(anne, ines, follow_up):
    begins, ends = at(THURSDAY, "15:00"), at(THURSDAY, "17:00")
    block_time(anne, begins, ends, Text("Réunion"), now=NOW, allow_overlap=False)
    assert offered(follow_up, [anne, ines])[at(THURSDAY, "09:00")] == anne


def test_her_own_midwife_comes_first_where_she_is_free(practice, anne, ines, follow_up, julie):
    for day, text in ((-1, "09:00"), (-2, "09:00")):
        book(follow_up, ines, THURSDAY + timedelta(days=day), text, julie)
    book(follow_up, ines, THURSDAY, "09:30", make_patient(practice, "Lina"))
    given = offered(follow_up, [anne, ines], own=ines)
    assert given[at(THURSDAY, "09:00")] == ines
    assert given[at(THURSDAY, "09:30")] == anne


def test_one_query_and_none_where_nobody_is_chosen(
    anne, ines, follow_up, django_assert_num_queries
):
    both = free_slots(follow_up, [anne, ines], THURSDAY, THURSDAY, now=NOW)[THURSDAY]
    zone = follow_up.practice.zone
    with django_assert_num_queries(1):
        one_a_time(both, zone=zone)
    with django_assert_num_queries(0):
        one_a_time([slot for slot in both if slot.practitioner == anne], zone=zone)
