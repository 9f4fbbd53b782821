"""So many a week, so many newcomers, one to come, so many days between two."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.limits import passed_by
from maia.appointments.models import Appointment
from maia.appointments.slots import free_slots, nearest_free
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

PATIENT, PRACTICE = By.patient(None), By.practice(None)
REASON = NotBookable.Reason
MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)
A_DAY = timedelta(days=1)


def book(type, practitioner, day, patient, text="09:00", by=PATIENT, now=NOW):
    return book_appointment(type, practitioner, at(day, text), patient, by=by, now=now)


def reason_of(act, *args, **kwargs):
    with pytest.raises(NotBookable) as refusal:
        act(*args, **kwargs)
    return refusal.value.reason


def days_of(type, practitioners, first=MONDAY - A_DAY, last=SUNDAY + A_DAY, now=NOW, without=None):
    return set(free_slots(type, practitioners, first, last, now=now, without=without))


def newcomer(practice, name="Nina"):
    return make_patient(practice, name, origin="online")


@pytest.fixture
def ines(practice):
    her = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="H")
    Schedule.objects.create(practitioner=her).write(dict.fromkeys(range(7), [(540, 720)]))
    return her


@pytest.mark.rule("3.2.8")
def test_at_most_n_a_week_from_monday_to_sunday(practice, anne, ines, julie):
    type = make_type(practice, max_a_week=2)
    book(type, anne, MONDAY, julie)
    assert SUNDAY in days_of(type, [anne])
    last = book(type, anne, SUNDAY, make_patient(practice, "Zoé"), "17:30")
    assert days_of(type, [anne]) == {MONDAY - A_DAY, SUNDAY + A_DAY}
    # Of one day in the middle alone: the week is counted whole all the same.
    assert not days_of(type, [anne], THURSDAY + 7 * A_DAY, THURSDAY + 7 * A_DAY)
    assert reason_of(book, type, anne, MONDAY + A_DAY, make_patient(practice, "Ana")) == (
        REASON.WEEK_FULL
    )
    assert MONDAY in days_of(type, [ines])  # each her own
    assert MONDAY in days_of(make_type(practice, "Autre"), [anne])
    # In the same week it may move; the practice books one more, and is told.
    assert MONDAY in days_of(type, [anne], without=last.event)
    (told,) = passed_by(type, anne, None, at(MONDAY, "10:00"), now=NOW)
    assert told.reason == REASON.WEEK_FULL
    book(type, anne, MONDAY, make_patient(practice, "Lou"), "10:00", by=PRACTICE)
    cancel_appointment(last, by=PRACTICE, now=NOW)
    assert MONDAY not in days_of(type, [anne])  # two are left


@pytest.mark.rule("3.2.4")
def test_a_full_day_is_said_so(practice, anne, julie):
    type = make_type(practice, max_a_day=1)
    book(type, anne, MONDAY, julie)
    who = make_patient(practice, "Zoé")
    assert reason_of(book, type, anne, MONDAY, who, "10:00") == REASON.DAY_FULL


@pytest.mark.rule("3.2.9")
def test_at_most_n_newcomers_a_week(practice, anne, ines, julie):
    type, other = make_type(practice, max_new_a_week=1), make_type(practice, "Autre")
    nina, lou = newcomer(practice), newcomer(practice, "Lou")
    book(type, anne, MONDAY, julie, "11:00")  # the practice made her record: she is known
    first = book(type, anne, MONDAY, nina)
    assert reason_of(book, type, anne, SUNDAY, lou) == REASON.NEW_PATIENTS_FULL
    book(type, anne, SUNDAY, nina)  # the same newcomer twice is one
    book(type, ines, SUNDAY, lou)
    book(other, anne, MONDAY, lou, "10:00")
    held = book(type, anne, SUNDAY + A_DAY, lou)
    # From where she stands, other weeks are offered to her, and this one is not.
    near = nearest_free(type, [anne], at(SUNDAY, "09:00"), now=NOW, patient=newcomer(practice, "A"))
    assert near
    assert not [slot for slot in near if MONDAY <= slot.start.date() <= SUNDAY + 7 * A_DAY]
    assert reason_of(move_appointment, held, at(SUNDAY, "10:00"), by=PATIENT, now=NOW) == (
        REASON.NEW_PATIENTS_FULL
    )
    cancel_appointment(first, by=PRACTICE, now=NOW)
    Appointment.objects.filter(patient=nina).update(status="cancelled")
    move_appointment(held, at(SUNDAY, "10:00"), by=PATIENT, now=NOW)


@pytest.mark.rule("3.2.9")
@pytest.mark.parametrize(
    ("attendance", "known"), [("", True), ("attended", True), ("no_show", False)]
)
def test_who_has_come_is_no_newcomer(practice, anne, attendance, known):
    type, other = make_type(practice, max_new_a_week=1), make_type(practice, "Autre")
    nina, lou = newcomer(practice), newcomer(practice, "Lou")
    before = book(other, anne, NOW.date() - A_DAY, nina, by=PRACTICE, now=NOW - 2 * A_DAY)
    Appointment.objects.filter(pk=before.pk).update(attendance=attendance)
    book(type, anne, MONDAY, nina)
    if known:
        book(type, anne, MONDAY, lou, "10:00")
    else:
        assert reason_of(book, type, anne, MONDAY, lou, "10:00") == REASON.NEW_PATIENTS_FULL


@pytest.mark.rule("3.2.10")
def test_one_to_come_whoever_it_is_with(practice, anne, ines, julie):
    type = make_type(practice, one_to_come=True)
    made = book(type, anne, THURSDAY, julie)
    assert reason_of(book, type, ines, MONDAY, julie) == REASON.ONE_TO_COME
    move_appointment(made, at(MONDAY, "09:00"), by=PATIENT, now=NOW)  # it is still one
    book(type, ines, MONDAY, make_patient(practice, "Zoé"))
    book(make_type(practice, "Autre"), anne, THURSDAY, julie)
    book(type, anne, SUNDAY, julie, by=PRACTICE)
    later = at(SUNDAY, "18:00")
    book(type, anne, SUNDAY + A_DAY, julie, now=later)  # what is over is not to come
    Appointment.objects.exclude(event__start__gt=later).delete()
    one = Appointment.objects.with_details().get()
    cancel_appointment(one, by=PRACTICE, now=later)
    book(type, anne, SUNDAY + A_DAY, julie, "11:00", now=later)


@pytest.mark.rule("3.2.11")
def test_so_many_days_between_two_before_and_after(practice, anne, ines, julie):
    type = make_type(practice, days_between_two=7)
    middle = MONDAY + 7 * A_DAY
    made = book(type, anne, middle, julie, "17:30")
    for day in (middle - 6 * A_DAY, middle, middle + 6 * A_DAY):
        with pytest.raises(NotBookable) as refusal:
            book(type, ines, day, julie)
        assert (refusal.value.reason, refusal.value.days) == (REASON.DAYS_BETWEEN_TWO, 7)
    book(type, ines, middle + 7 * A_DAY, julie)  # by dates, not by hours
    near = nearest_free(type, [anne], at(middle, "09:00"), now=NOW, count=3, patient=julie)
    assert {slot.start.date() for slot in near} <= {middle - 7 * A_DAY, middle + 14 * A_DAY}
    # Where it stands itself keeps nothing from it.
    move_appointment(made, at(middle - A_DAY, "09:00"), by=PATIENT, now=NOW)
    assert (
        reason_of(move_appointment, made, at(middle + A_DAY, "09:00"), by=PATIENT, now=NOW)
        == REASON.DAYS_BETWEEN_TWO
    )
    (told,) = passed_by(type, anne, julie, at(middle, "10:00"), now=NOW)
    assert told.reason == REASON.DAYS_BETWEEN_TWO
    book(type, anne, middle, julie, "10:00", by=PRACTICE)


@pytest.mark.rule("3.2.11")
@pytest.mark.parametrize("attendance", ["no_show", "excused"])
def test_where_she_was_not_no_days_are_counted(practice, anne, julie, attendance):
    type = make_type(practice, days_between_two=7)
    before = book(type, anne, NOW.date() - A_DAY, julie, by=PRACTICE, now=NOW - 2 * A_DAY)
    assert reason_of(book, type, anne, THURSDAY, julie) == REASON.DAYS_BETWEEN_TWO
    Appointment.objects.filter(pk=before.pk).update(attendance=attendance)
    book(type, anne, THURSDAY, julie)


def test_a_booking_under_every_limit_takes_at_most_twelve_queries(
    practice, anne, django_assert_max_num_queries
):
    type = make_type(
        practice, max_a_day=3, max_a_week=3, max_new_a_week=3, one_to_come=True, days_between_two=3
    )
    nina = newcomer(practice)
    with django_assert_max_num_queries(14):  # with the marks of its transaction
        book(type, anne, THURSDAY, nina)
    with django_assert_max_num_queries(1):
        assert free_slots(type, [anne], THURSDAY, THURSDAY + 90 * A_DAY, now=NOW)
