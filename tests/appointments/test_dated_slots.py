"""Slots of a week that is not like the others: turns, periods, exceptional openings. Rule 3.1."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.opening import Why, closed_times, what_closes
from maia.appointments.slots import free_slots, offered_slots
from maia.appointments.stranded import stranded
from maia.schedules.models import Schedule
from maia.schedules.written import WrittenHours, with_week
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

pytestmark = pytest.mark.django_db

CHRISTMAS = date(2026, 12, 25)  # a Friday


@pytest.fixture
def plan(anne):
    anne.schedule.write({3: [(540, 600)], 4: [(540, 600)]})  # Thursdays and Fridays, 9 to 10
    return anne.schedule


def starts(type, practitioner, day, now=NOW):
    zone = type.practice.zone
    slots = free_slots(type, [practitioner], day, day, now=now).get(day, [])
    offered = offered_slots(type.practice.slug, type.pk, None, day, day, now=NOW).slots.get(day, [])
    if now is not None:
        assert slots == offered
    return [f"{slot.start.astimezone(zone):%H:%M}" for slot in slots]


def test_every_other_thursday(plan, anne, follow_up):
    Schedule.objects.filter(pk=plan.pk).update(weeks=2, first_monday=THURSDAY - timedelta(days=3))
    plan.other_lines.create(week=1, weekday=3, start=840, end=900)
    weeks = [starts(follow_up, anne, THURSDAY + timedelta(weeks=n)) for n in range(3)]
    assert weeks == [["09:00", "09:30"], ["14:00", "14:30"], ["09:00", "09:30"]]


def test_other_hours_for_a_while(plan, anne, follow_up):
    period = plan.periods.create(name="Avent", first_date=THURSDAY, last_date=THURSDAY)
    plan.other_lines.create(period=period, week=0, weekday=3, start=840, end=870)
    assert starts(follow_up, anne, THURSDAY) == ["14:00"]
    assert starts(follow_up, anne, THURSDAY + timedelta(days=1)) == ["09:00", "09:30"]


def test_an_exceptional_opening_opens_a_holiday_and_an_absence_still_closes_it(
    plan, anne, follow_up
):
    assert starts(follow_up, anne, CHRISTMAS) == []
    plan.special_days.create(date=CHRISTMAS, start=600, end=660, title="Garde")
    assert starts(follow_up, anne, CHRISTMAS) == ["10:00", "10:30"]
    anne.absences.create(start=at(CHRISTMAS, "10:30"), end=at(CHRISTMAS, "12:00"))
    assert starts(follow_up, anne, CHRISTMAS) == ["10:00"]


def test_for_chosen_types_the_others_keep_their_day(plan, anne, follow_up, practice):
    rehab = make_type(practice, "Rééducation")
    own = make_type(practice, "Avec ses heures")
    Schedule.set_own(own, {0: [(540, 600)]})
    day = plan.special_days.create(date=THURSDAY, start=1080, end=1140)
    day.types.set([rehab, own])
    assert starts(rehab, anne, THURSDAY) == ["18:00", "18:30"]
    assert starts(own, anne, THURSDAY) == ["18:00", "18:30"]
    assert starts(follow_up, anne, THURSDAY) == ["09:00", "09:30"]
    # For all that follow her hours; a type that has its own does not.
    day.types.clear()
    assert starts(follow_up, anne, THURSDAY) == ["18:00", "18:30"]
    assert starts(own, anne, THURSDAY) == []
    own.own_schedule.special_days.create(date=THURSDAY, start=420, end=450)
    assert starts(own, anne, THURSDAY) == ["07:00"]


def test_what_is_offered_is_what_is_accepted(plan, anne, follow_up, julie):
    plan.special_days.create(date=THURSDAY, start=1080, end=1140)
    online = By.patient(julie.user)
    with pytest.raises(NotBookable):
        book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=online, now=NOW)
    book_appointment(follow_up, anne, at(THURSDAY, "18:00"), julie, by=online, now=NOW)
    assert starts(follow_up, anne, THURSDAY) == ["18:30"]


def test_the_evening_cutoff_ends_as_the_opening_of_that_day_begins(plan, anne, follow_up):
    """Until then its morning stays closed, as she has looked at it already (rule 3.1.5)."""
    anne.evening_cutoff = at(THURSDAY, "20:00").time()
    anne.minimum_notice_minutes = 0
    anne.save()
    plan.special_days.create(date=THURSDAY, start=600, end=720)
    usual, begun = at(THURSDAY, "09:30"), at(THURSDAY, "10:00")
    assert starts_at(follow_up, anne, usual) == []
    assert starts_at(follow_up, anne, begun) == ["10:00", "10:30", "11:00", "11:30"]


def starts_at(type, practitioner, now):
    slots = free_slots(type, [practitioner], THURSDAY, THURSDAY, now=now).get(THURSDAY, [])
    return [f"{slot.start.astimezone(type.practice.zone):%H:%M}" for slot in slots]


def test_a_look_is_one_query_whatever_is_said_of_hours(
    plan, anne, follow_up, django_assert_num_queries
):
    for n in range(20):
        day = THURSDAY + timedelta(weeks=n)
        plan.special_days.create(date=day, start=600, end=660)
        plan.periods.create(name=f"Période {n}", first_date=day, last_date=day)
    with django_assert_num_queries(1):
        assert free_slots(follow_up, [anne], THURSDAY, THURSDAY + timedelta(days=60), now=NOW)


@pytest.mark.rule("3.1.8")
def test_what_another_week_or_an_opening_that_goes_would_leave_outside(
    plan, anne, follow_up, practice, julie
):
    """Of a type with hours of its own as well, where an opening of hers named it."""
    by = By.practice(None)
    Schedule.objects.filter(pk=plan.pk).update(weeks=2, first_monday=THURSDAY - timedelta(days=3))
    inside = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    later = at(THURSDAY + timedelta(weeks=1), "09:00")
    book_appointment(follow_up, anne, later, make_patient(practice, "Zoé"), by=by, now=NOW)
    own = make_type(practice, "Avec ses heures")
    Schedule.set_own(own, {0: [(540, 600)]})
    saturday = THURSDAY + timedelta(days=2)
    plan.special_days.create(date=saturday, start=600, end=660).types.set([own])
    named = book_appointment(
        own, anne, at(saturday, "10:00"), make_patient(practice, "Mia"), by=by, now=NOW
    )
    said = WrittenHours.of(Schedule.objects.get(pk=plan.pk))
    assert stranded(anne, said, now=NOW) == []
    assert stranded(anne, with_week(said, {3: [(840, 900)]}), now=NOW) == [inside]
    said.days.clear()
    assert stranded(anne, said, now=NOW) == [named]


def test_the_agenda_names_an_opening_and_no_holiday_there(plan, anne, follow_up):
    plan.special_days.create(date=CHRISTMAS, start=600, end=660, title="Garde")
    start, end = at(CHRISTMAS, "00:00"), at(CHRISTMAS, "23:00")
    (shown,) = closed_times([anne], start, end)
    assert [(one.title, f"{one.start:%H:%M}") for one in shown.openings] == [("Garde", "10:00")]
    assert {one.why for one in shown.closed} == {Why.HOURS}
    assert what_closes(anne, follow_up, at(CHRISTMAS, "10:00"), at(CHRISTMAS, "11:00")) == []
    assert what_closes(anne, follow_up, at(CHRISTMAS, "10:00"), at(CHRISTMAS, "11:30"))
    Schedule.objects.get(pk=plan.pk).special_days.all().delete()
    (shown,) = closed_times([anne], start, end)
    assert [one.why for one in shown.closed] == [Why.HOLIDAY]


def test_an_opening_for_a_type_that_is_deleted_is_for_nobody(plan, anne, follow_up, practice):
    gone, other = make_type(practice, "Parti"), make_type(practice, "Resté")
    for n, types in enumerate(([gone], [gone, other])):
        day = plan.special_days.create(date=THURSDAY + timedelta(days=n), start=1080, end=1140)
        day.types.set(types)
    gone.delete()
    assert starts(follow_up, anne, THURSDAY) == ["09:00", "09:30"]
    assert [list(day.types.all()) for day in plan.special_days.all()] == [[other]]
