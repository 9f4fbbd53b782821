"""What a practice may begin with: made once, over nothing that is there."""

from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.starter import STARTER_TYPES, USUAL_HOURS, begin_with


def test_each_type_is_one_that_a_midwife_could_have_made(practice, anne):
    made = begin_with(practice, anne, [type.code for type in STARTER_TYPES], usual_hours=False)
    assert [type.name for type in made] == [str(type.name) for type in STARTER_TYPES]
    assert all(type.allow_online_booking and type.description for type in made)
    assert list(AppointmentType.objects.bookable_online().filter(practice=practice)) == made


def test_only_what_was_ticked_and_nothing_twice(practice, anne):
    begin_with(practice, anne, ["follow_up", "nothing of ours"], usual_hours=False)
    again = begin_with(practice, anne, ["follow_up", "home"], usual_hours=False)
    assert [type.place for type in again] == ["home"]
    assert practice.appointment_types.count() == 2


def test_usual_hours_are_for_who_has_none(practice, anne):
    Schedule.objects.get(practitioner=anne).write({})
    begin_with(practice, anne, [], usual_hours=True)
    plan = Schedule.objects.get(practitioner=anne)
    assert plan.hours() == USUAL_HOURS


def test_hours_that_she_gave_stay(practice, anne):
    Schedule.set_for(anne, {2: [(600, 660)]})
    begin_with(practice, anne, [], usual_hours=True)
    assert Schedule.objects.get(practitioner=anne).hours() == {2: [(600, 660)]}
