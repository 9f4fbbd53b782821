"""Stored rules and agenda to free slots: which of them count, and at what price."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import InvalidRange
from maia.appointments.models import Event
from maia.appointments.slots import _computed, free_slots, next_free_date, practitioners_for
from maia.practices.models import Practitioner
from maia.schedules.models import Absence, Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type


def clocks(found, practice, day=THURSDAY):
    return [f"{timezone.localtime(s.start, practice.zone):%H:%M}" for s in found.get(day, [])]


def offered(type, practitioners, day=THURSDAY, now=NOW):
    return clocks(free_slots(type, practitioners, day, day, now=now), type.practice, day)


@pytest.mark.rule("3.2.1")
def test_a_types_own_schedule_replaces_the_general_one(practice, anne):
    special = make_type(practice, minutes=60)
    own = Schedule.objects.create(appointment_type=special)
    own.write({THURSDAY.weekday(): [(600, 720)]})
    assert offered(special, [anne]) == ["10:00", "11:00"]
    assert offered(special, [anne], day=THURSDAY + timedelta(days=1)) == []
    own.lines.all().delete()  # no line at all: closed, not general
    assert offered(special, [anne]) == []


def test_absences_and_personal_events_close_and_cancelled_ones_do_not(practice, anne, follow_up):
    Absence.objects.create(
        practitioner=anne, start=at(THURSDAY, "08:00"), end=at(THURSDAY, "11:00")
    )
    busy = {"practice": practice, "practitioner": anne, "kind": "personal"}
    Event.objects.create(start=at(THURSDAY, "14:00"), end=at(THURSDAY, "17:00"), **busy)
    Event.objects.create(
        start=at(THURSDAY, "11:00"), end=at(THURSDAY, "12:00"), blocking=False, **busy
    )
    assert offered(follow_up, [anne]) == ["11:00", "11:30", "17:00", "17:30"]


def test_an_event_that_began_weeks_ago_still_closes(practice, anne, follow_up):
    Event.objects.create(
        practice=practice,
        practitioner=anne,
        kind="personal",
        start=NOW - timedelta(days=60),
        end=at(THURSDAY, "17:30"),
    )
    assert offered(follow_up, [anne]) == ["17:30"]


def test_holidays_close_when_she_says_so(anne, follow_up):
    christmas = datetime(2026, 12, 25).date()  # noqa: DTZ001
    assert offered(follow_up, [anne], day=christmas) == []
    anne.closed_on_public_holidays = False
    assert len(offered(follow_up, [anne], day=christmas)) == 14


@pytest.mark.rule("3.2.4")
def test_at_most_n_a_day(practice, anne, julie):
    rare = make_type(practice, max_a_day=1)
    book_appointment(rare, anne, at(THURSDAY, "09:00"), julie, by=By.patient(None), now=NOW)
    assert offered(rare, [anne]) == []
    assert offered(rare, [anne], day=THURSDAY + timedelta(days=1)) != []
    assert offered(make_type(practice, "Autre"), [anne]) != []


def test_a_types_own_horizon_and_notice_win(practice, anne):
    near = make_type(practice, booking_horizon_days=2, minimum_notice_minutes=0)
    assert offered(near, [anne], day=THURSDAY)
    assert offered(near, [anne], day=THURSDAY + timedelta(days=1)) == []
    assert offered(near, [anne], day=NOW.date())[0] == "10:00"


@pytest.mark.rule("3.12.2")
def test_the_practitioner_herself_sees_past_notice_and_horizon(anne, follow_up):
    far = THURSDAY + timedelta(days=400)
    assert free_slots(follow_up, [anne], far, far, now=None)


def test_two_practitioners_are_offered_together_in_order(practice, anne, follow_up):
    ines = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="Haddad", position=1
    )
    Schedule.objects.create(practitioner=ines).write({THURSDAY.weekday(): [(540, 600)]})
    both = practitioners_for(follow_up, NOW.date())
    assert both == [anne, ines]
    found = free_slots(follow_up, both, THURSDAY, THURSDAY, now=NOW)[THURSDAY]
    assert [s.practitioner for s in found[:4]] == [anne, ines, anne, ines]
    hers = make_type(practice, practitioner=ines)
    assert practitioners_for(hers, NOW.date()) == [ines]
    ines.allow_online_booking = False
    ines.save()
    assert practitioners_for(follow_up, NOW.date()) == [anne]
    assert practitioners_for(hers, NOW.date()) == []


def test_the_next_free_date_skips_what_is_closed(anne, follow_up):
    Absence.objects.create(
        practitioner=anne, start=NOW, end=at(THURSDAY + timedelta(days=20), "23:00")
    )
    assert next_free_date(follow_up, [anne], THURSDAY, now=NOW) == THURSDAY + timedelta(days=21)
    Absence.objects.create(practitioner=anne, start=NOW, end=NOW + timedelta(days=200))
    assert next_free_date(follow_up, [anne], THURSDAY, now=NOW) is None


@pytest.mark.parametrize("days", [-1, 92, 10_000])
def test_a_range_is_the_right_way_round_and_not_too_long(anne, follow_up, days):
    with pytest.raises(InvalidRange):
        free_slots(follow_up, [anne], THURSDAY, THURSDAY + timedelta(days=days), now=NOW)


@pytest.mark.rule("3.3.5")
@pytest.mark.parametrize("events", [0, 400])
def test_one_query_whatever_the_agenda(
    practice, anne, follow_up, events, django_assert_max_num_queries
):
    start = at(THURSDAY, "00:00")
    Event.objects.bulk_create(
        Event(
            practice=practice,
            practitioner=anne,
            kind="personal",
            start=start + timedelta(minutes=20 * n),
            end=start + timedelta(minutes=20 * n + 20),
        )
        for n in range(events)
    )
    with django_assert_max_num_queries(1):
        free_slots(follow_up, [anne], THURSDAY, THURSDAY + timedelta(days=91), now=NOW)


def test_a_booking_takes_at_most_twelve_queries(
    anne, follow_up, julie, django_assert_max_num_queries
):
    with django_assert_max_num_queries(11):
        book_appointment(
            follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.patient(None), now=NOW
        )


def test_another_practitioners_agenda_takes_nothing(practice, anne, follow_up, julie):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="H")
    Schedule.objects.create(practitioner=ines).write({THURSDAY.weekday(): [(540, 600)]})
    start, by = at(THURSDAY, "09:00"), By.patient(None)
    book_appointment(follow_up, ines, start, julie, by=by, now=NOW)
    book_appointment(follow_up, anne, start, make_patient(practice), by=by, now=NOW)


def test_what_was_computed_before_is_never_shown_after_a_change(practice, anne, julie):
    """Each thing that slots depend on, changed behind a look that was already answered."""
    type = make_type(practice)
    colleague = Practitioner.objects.create(practice=practice, first_name="I", last_name="H")
    Schedule.objects.create(practitioner=colleague).write(dict.fromkeys(range(5), [(540, 660)]))
    moving = book_appointment(
        type, anne, at(THURSDAY, "09:00"), julie, by=By.patient(None), now=NOW
    )
    long = Event.objects.create(
        practice=practice, practitioner=anne, kind="personal",
        start=at(THURSDAY, "14:00"), end=at(THURSDAY, "16:00"),
    )  # fmt: skip
    today, christmas = NOW.date(), datetime(2026, 12, 25).date()  # noqa: DTZ001

    def write(target, **values):
        for name, value in values.items():
            setattr(target, name, value)
        target.save()

    def look(people=(anne,), first=today, last=christmas, now=NOW, without=None):
        return free_slots(type, people, first, last, now=now, without=without)

    def after(change, **asked):
        seen = look()
        assert look() == seen
        hits = _computed.cache_info().hits
        look()
        assert _computed.cache_info().hits == hits + 1  # shared, and yet:
        change()
        now_seen = look(**asked)
        _computed.cache_clear()
        assert now_seen == look(**asked) != seen

    nothing = lambda: None  # noqa: E731
    after(nothing, people=(anne, colleague))
    after(nothing, without=long)
    after(nothing, now=NOW + timedelta(days=3))
    after(nothing, now=None)
    after(nothing, first=THURSDAY + timedelta(days=1))
    after(nothing, last=THURSDAY)
    after(lambda: anne.absences.create(start=at(THURSDAY, "17:00"), end=at(THURSDAY, "18:00")))
    after(lambda: write(moving.event, buffer_after_minutes=15))
    after(lambda: write(moving.event, blocking=False))
    after(lambda: write(moving.event, blocking=True))
    after(lambda: anne.schedule.write({3: [(600, 720)], 4: [(600, 720)]}))
    after(lambda: write(anne, closed_on_public_holidays=False))
    after(lambda: write(anne, booking_horizon_days=2))
    after(lambda: write(anne, booking_horizon_days=60))
    after(lambda: write(type, max_a_day=1))
    after(lambda: write(type, max_a_day=None))
    after(lambda: write(type, slot_step_minutes=10))
    after(lambda: write(type, duration_minutes=45))
    after(lambda: write(type, buffer_before_minutes=60))
    after(lambda: write(practice, time_zone="Indian/Reunion"))
    after(lambda: Schedule.objects.create(appointment_type=type))


def test_what_is_very_long_is_computed_and_not_kept(anne, follow_up):
    night = at(THURSDAY, "01:00")
    Absence.objects.bulk_create(
        Absence(
            practitioner=anne, start=night + timedelta(seconds=n), end=night + timedelta(hours=1)
        )
        for n in range(2000)
    )
    _computed.cache_clear()
    assert len(offered(follow_up, [anne])) == 14
    Absence.objects.all().delete()
    colleague = Practitioner.objects.create(practice=anne.practice, first_name="I", last_name="H")
    last = THURSDAY + timedelta(days=60)
    assert free_slots(follow_up, [anne, colleague], THURSDAY, last, now=NOW)
    assert _computed.cache_info().currsize == 0
    assert free_slots(follow_up, [anne], THURSDAY, last, now=NOW)
    assert _computed.cache_info().currsize == 1
