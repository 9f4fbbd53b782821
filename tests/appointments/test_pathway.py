"""Where a patient stands among the appointments that her pregnancy asks for (rule 3.9.5)."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.appointments.pathway import look_for_times, pathway_of_record
from maia.schedules.models import PathwayStep
from tests.conftest import NOW, at, make_patient, make_type

PRACTICE = By.practice(None)
# 9 SA + 1 j on the first of December; 11 weeks on the 14th.
DUE = date(2027, 7, 12)
BEGAN = DUE - timedelta(weeks=41)
DAY = timedelta(days=1)


@pytest.fixture
def follow_up(practice, anne):
    return make_type(practice, "Suivi")


@pytest.fixture
def steps(practice, follow_up):
    first = make_type(practice, "Première consultation")
    visit = make_type(practice, "Visite")
    windows = [
        (first, "weeks", 5, 8),
        (follow_up, "weeks", 9, 12),
        (follow_up, "weeks", 16, 19),
        (follow_up, "weeks", 20, 23),
        (visit, "days_after_birth", 1, 12),
    ]
    return [
        practice.pathway.create(type=type, unit=unit, first=start, last=end, position=n)
        for n, (type, unit, start, end) in enumerate(windows)
    ]


@pytest.fixture
def mona(practice):
    return make_patient(practice, "Mona", due_date=DUE)


def book(type, practitioner, day, patient, text="09:00"):
    return book_appointment(
        type, practitioner, at(day, text), patient, by=PRACTICE, now=NOW, allow_overlap=True
    )


def states(patient, now=NOW):
    return [stand.state.value for stand in pathway_of_record(patient, now=now)]


@pytest.mark.rule("3.9.5")
def test_each_step_says_when_and_what_is_booked(anne, follow_up, steps, mona):
    assert states(mona) == ["late", "to_book", "ahead", "ahead", "ahead"]
    booked = book(follow_up, anne, BEGAN + 10 * 7 * DAY, mona)
    stands = pathway_of_record(mona, now=NOW)
    assert [stand.state.value for stand in stands] == ["late", "booked", "ahead", "ahead", "ahead"]
    assert stands[1].appointment == booked
    assert stands[1].dates == (BEGAN + 63 * DAY, BEGAN + 91 * DAY - DAY)
    assert states(mona, booked.end)[1] == "done"


@pytest.mark.rule("3.9.5")
def test_one_appointment_is_one_step_s(practice, anne, follow_up, steps, mona):
    """Of two steps of one type whose windows meet, each has its own."""
    steps[2].first = 12
    steps[2].save()
    in_both = book(follow_up, anne, BEGAN + 12 * 7 * DAY, mona)
    assert states(mona)[1:3] == ["booked", "to_book"]
    book(follow_up, anne, BEGAN + 12 * 7 * DAY, mona, "10:00")
    assert states(mona)[1:3] == ["booked", "booked"]
    cancel_appointment(in_both, by=PRACTICE, now=NOW)
    assert states(mona)[1:3] == ["booked", "to_book"]


def test_what_she_did_not_come_to_is_no_step_done(anne, follow_up, steps, mona):
    made = book(follow_up, anne, BEGAN + 9 * 7 * DAY + DAY, mona, "09:30")
    Appointment.objects.filter(pk=made.pk).update(attendance="no_show")
    assert states(mona, made.end)[1] == "to_book"


def test_another_type_or_another_date_is_none_of_it(practice, anne, follow_up, steps, mona):
    book(make_type(practice, "Autre"), anne, BEGAN + 70 * DAY, mona)
    book(follow_up, anne, BEGAN + 98 * DAY, mona)  # 14 weeks
    assert states(mona)[1:3] == ["to_book", "ahead"]


@pytest.mark.rule("3.9.5")
def test_after_the_birth_only_what_follows_is_asked_for(anne, follow_up, steps, mona):
    kept = book(follow_up, anne, BEGAN + 70 * DAY, mona)
    mona.child_birth_date = BEGAN + 38 * 7 * DAY
    mona.save()
    later = NOW + timedelta(weeks=30)
    stands = pathway_of_record(mona, now=later)
    assert [(stand.step.pk, stand.state.value) for stand in stands] == [
        (steps[1].pk, "done"), (steps[4].pk, "to_book"),
    ]  # fmt: skip
    assert stands[0].appointment == kept
    assert stands[1].dates.first == mona.child_birth_date + DAY


def test_nothing_is_known_nothing_is_asked(julie, steps, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert pathway_of_record(julie, now=NOW) == []


def test_a_step_of_an_archived_type_is_none(steps, mona):
    steps[0].type.archived = True
    steps[0].type.save()
    assert states(mona) == ["to_book", "ahead", "ahead", "ahead"]


def test_the_first_free_time_lies_within_its_dates(
    practice, anne, steps, mona, django_assert_max_num_queries
):
    steps[0].last = 12
    steps[0].save()
    PathwayStep.objects.filter(pk__in=[step.pk for step in steps[2:]]).update(first=10, last=12)
    with django_assert_max_num_queries(2):
        stands = pathway_of_record(mona, now=NOW)
    with django_assert_max_num_queries(9):
        look_for_times(stands, now=NOW)
    times = [stand.first_free and stand.first_free.start for stand in stands]
    assert times[:2] == [at(NOW.date(), "14:00"), at(NOW.date(), "14:00")]
    assert times[2] == at(BEGAN + 70 * DAY, "09:00")
    assert times[3:] == [None, None]  # three are looked for
    steps[1].type.allow_online_booking = False
    steps[1].type.save()
    stands = pathway_of_record(mona, now=NOW)
    look_for_times(stands, now=NOW)
    assert stands[1].first_free is None
