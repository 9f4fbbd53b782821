"""The next free times over the weeks to come: of one or all, from a date, by part of the day."""

from datetime import date, timedelta

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.coming import Part, coming_slots, first_free
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at


def coming(type, team, first=THURSDAY, days=5, **more):
    return coming_slots(type, team, first, now=NOW, days=days, **more)


def test_what_is_shown_is_accepted_and_no_more_than_asked_for(follow_up, anne, julie):
    found = coming(follow_up, [anne])
    assert list(found) == [THURSDAY + timedelta(days=n) for n in range(5)]
    slot = found[THURSDAY][3]
    by = By.practice(None)
    book_appointment(follow_up, anne, slot.start, julie, by=by, now=NOW)
    assert slot not in coming(follow_up, [anne])[THURSDAY]


def test_morning_or_afternoon_in_the_practices_own_time(follow_up, anne):
    mornings = coming(follow_up, [anne], part=Part.MORNING)
    assert mornings[THURSDAY][0].start == at(THURSDAY, "09:00")
    assert all(slot.start < at(THURSDAY, "12:00") for slot in mornings[THURSDAY])
    assert coming(follow_up, [anne], part=Part.AFTERNOON)[THURSDAY][0].start == at(
        THURSDAY, "14:00"
    )


def test_what_is_over_is_not_offered(follow_up, anne):
    today = coming(follow_up, [anne], NOW.date())[NOW.date()]
    assert today[0].start > NOW


def test_closed_for_weeks_it_looks_farther_within_three_months_in_two_queries(
    follow_up, anne, django_assert_max_num_queries
):
    anne.absences.create(start=NOW, end=NOW + timedelta(days=60))
    with django_assert_max_num_queries(3):
        assert min(coming(follow_up, [anne])) == date(2027, 1, 30)
    Schedule.objects.get(practitioner=anne).write({})
    assert coming(follow_up, [anne]) == {}


def test_on_chosen_weekdays_only(follow_up, anne):
    found = coming(follow_up, [anne], weekdays=[1])
    assert list(found) == [date(2026, 12, 8) + timedelta(weeks=n) for n in range(5)]
    both = coming(follow_up, [anne], weekdays=[1, 3], part=Part.MORNING)
    assert list(both)[:3] == [THURSDAY, date(2026, 12, 8), date(2026, 12, 10)]
    assert max(both[THURSDAY]).start < at(THURSDAY, "12:00")


def test_the_first_free_time_of_a_day_is_free_and_to_come(follow_up, anne, julie):
    first = first_free(follow_up, anne, THURSDAY, now=NOW)
    assert first.start == at(THURSDAY, "09:00")
    book_appointment(follow_up, anne, first.start, julie, by=By.practice(None), now=NOW)
    assert first_free(follow_up, anne, THURSDAY, now=NOW).start == at(THURSDAY, "09:30")
    noon = at(THURSDAY, "12:00")
    assert first_free(follow_up, anne, THURSDAY, now=noon).start > noon
    anne.absences.create(start=at(THURSDAY, "00:00"), end=at(THURSDAY, "23:00"))
    assert first_free(follow_up, anne, THURSDAY, now=NOW) is None
