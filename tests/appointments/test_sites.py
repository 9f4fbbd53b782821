"""Where hours and types are at which site, and what of it an appointment keeps (rules 3.8.4 to 3.8.6)."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable, SlotTaken
from maia.appointments.places import Reader, place_of
from maia.appointments.slots import free_slots, offered_slots
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.practices.models import Place, Travel
from maia.schedules.models import Period, Schedule
from maia.schedules.preview import stored_hours
from maia.schedules.sites import StillNamed, give_up_place, sites_to_choose
from maia.schedules.writing import write_period, write_turn
from maia.schedules.written import Count
from tests.conftest import NOW, THURSDAY, at, make_type

FRIDAY = THURSDAY + timedelta(days=1)
MORNING = [(540, 720)]
PRACTICE = By.practice(None)


@pytest.fixture
def main(practice):
    Place.begin_with_main(practice)
    return Place.objects.get(practice=practice)


@pytest.fixture
def quai(practice, main):
    return Place.objects.create(
        practice=practice, name="Maison du Quai", street="1 quai Neuf", postcode="35400",
        city="Saint-Malo", directions="Au premier",
    )  # fmt: skip


@pytest.fixture
def on_thursdays(anne, quai):
    anne.schedule.write(dict.fromkeys(range(7), MORNING), {3: quai.pk})
    return quai


def starts(type, anne, first=THURSDAY, last=FRIDAY, **more):
    days = free_slots(type, [anne], first, last, now=None, **more)
    zone = type.practice.zone
    return {
        day: [f"{slot.start.astimezone(zone):%H:%M}" for slot in slots]
        for day, slots in days.items()
    }


@pytest.mark.rule("3.8.4")
def test_a_line_of_hours_says_at_which_site(anne, follow_up, julie, main, on_thursdays):
    slots = offered_slots(anne.practice.slug, follow_up.pk, None, THURSDAY, FRIDAY, now=NOW).slots
    assert {slot.place for slot in slots[THURSDAY]} == {on_thursdays.pk}
    assert {slot.place for slot in slots[FRIDAY]} == {main.pk}
    for by in (PRACTICE, By.patient(julie.user)):
        for day, place in ((THURSDAY, on_thursdays), (FRIDAY, main)):
            start = at(day, "09:30" if by is PRACTICE else "10:00")
            made = book_appointment(follow_up, anne, start, julie, by=by, now=NOW)
            assert made.event.place == place
    assert place_of(made, Reader.PATIENT).on_one_line == (
        "Cabinet des Tilleuls, 3 place du Marché, 35000 Rennes"
    )


def test_without_sites_nothing_is_said_of_them(anne, follow_up, julie):
    slots = offered_slots(anne.practice.slug, follow_up.pk, None, THURSDAY, THURSDAY, now=NOW).slots
    assert {slot.place for slot in slots[THURSDAY]} == {None}
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    assert made.event.place is None


@pytest.mark.rule("3.8.5")
def test_a_type_of_some_sites_is_offered_where_she_is_at_one(anne, follow_up, main, on_thursdays):
    follow_up.places.set([on_thursdays])
    assert set(starts(follow_up, anne)) == {THURSDAY}
    follow_up.places.set([main])
    assert set(starts(follow_up, anne)) == {FRIDAY}
    follow_up.places.set([main, on_thursdays])
    assert set(starts(follow_up, anne)) == {THURSDAY, FRIDAY}
    follow_up.places.set([on_thursdays])
    follow_up.place = "video"  # not at a site: bound to none
    follow_up.save()
    assert set(starts(follow_up, anne)) == {THURSDAY, FRIDAY}


@pytest.mark.rule("3.8.5")
def test_a_patient_takes_it_at_no_other_site(anne, follow_up, julie, on_thursdays):
    follow_up.places.set([on_thursdays])
    with pytest.raises(NotBookable, match="not_offered"):
        by = By.patient(julie.user)
        book_appointment(follow_up, anne, at(FRIDAY, "09:00"), julie, by=by, now=NOW)


@pytest.mark.rule("3.8.6")
def test_between_two_sites_she_needs_the_time_that_she_gave(
    anne, follow_up, julie, main, on_thursdays
):
    other = make_type(anne.practice, name="Au cabinet")
    made = book_appointment(
        other, anne, at(THURSDAY, "10:00"), julie, by=PRACTICE, now=NOW, place=main
    )
    assert made.event.place == main
    assert starts(follow_up, anne)[THURSDAY] == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    one, two = sorted([main, on_thursdays], key=lambda place: place.pk)
    Travel.objects.create(practitioner=anne, one=one, other=two, minutes=45)
    assert starts(follow_up, anne)[THURSDAY] == ["11:15"]
    move_appointment(made, at(FRIDAY, "10:00"), by=PRACTICE, now=NOW)
    assert starts(follow_up, anne)[THURSDAY][:3] == ["09:00", "09:30", "10:00"]
    assert starts(follow_up, anne)[FRIDAY] == ["09:00", "09:30", "10:30", "11:00", "11:30"]


@pytest.mark.rule("3.8.6")
def test_what_was_booked_before_there_were_sites_is_at_the_main_one(anne, follow_up, julie):
    made = book_appointment(follow_up, anne, at(THURSDAY, "10:00"), julie, by=PRACTICE, now=NOW)
    assert made.event.place is None
    Place.begin_with_main(anne.practice)
    main = Place.objects.get(practice=anne.practice)
    quai = Place.objects.create(practice=anne.practice, name="Maison du Quai")
    anne.schedule.write(dict.fromkeys(range(7), MORNING), {3: quai.pk})
    assert starts(follow_up, anne)[THURSDAY] == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    Travel.objects.create(practitioner=anne, one=main, other=quai, minutes=45)
    assert starts(follow_up, anne)[THURSDAY] == ["11:15"]
    for kind in ("home", "phone", "video"):  # nowhere in particular: nothing is held back
        follow_up.place = kind
        follow_up.save()
        other = make_type(anne.practice, name=f"Au quai ({kind})")
        assert starts(other, anne)[THURSDAY] == ["09:00", "09:30", "10:30", "11:00", "11:30"]


@pytest.mark.rule("3.8.6")
def test_a_patient_takes_nothing_that_leaves_no_time_to_travel(
    anne, follow_up, julie, main, on_thursdays
):
    one, two = sorted([main, on_thursdays], key=lambda place: place.pk)
    Travel.objects.create(practitioner=anne, one=one, other=two, minutes=45)
    book_appointment(
        follow_up, anne, at(THURSDAY, "10:00"), julie, by=PRACTICE, now=NOW, place=main
    )
    with pytest.raises(SlotTaken):
        by = By.patient(julie.user)
        book_appointment(follow_up, anne, at(THURSDAY, "10:40"), julie, by=by, now=NOW)


@pytest.mark.rule("3.8.4")
def test_a_move_goes_where_the_hours_are_and_back_to_where_it_was(
    anne, follow_up, julie, main, on_thursdays
):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    moved = move_appointment(made, at(FRIDAY, "09:00"), by=PRACTICE, now=NOW)
    assert moved.event.place == main
    moved = undo_move(moved, by=PRACTICE, now=NOW, seen=moved.version, wait=timedelta())
    assert moved.event.place == on_thursdays
    same_day = move_appointment(moved, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW, place=main)
    assert same_day.event.place == main
    later = move_appointment(same_day, at(THURSDAY, "11:00"), by=PRACTICE, now=NOW)
    assert later.event.place == main  # where she put it


@pytest.mark.rule("3.8.4")
def test_another_type_stays_where_the_practice_put_it(anne, follow_up, julie, main, on_thursdays):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW, place=main
    )
    other = make_type(anne.practice, name="Rééducation")
    changed = move_appointment(made, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW, type=other)
    assert (changed.type, changed.event.place) == (other, main)
    call = make_type(anne.practice, name="Téléphone", place="phone")
    changed = move_appointment(changed, changed.start, by=PRACTICE, now=NOW, type=call)
    assert changed.event.place is None
    changed = move_appointment(changed, changed.start, by=PRACTICE, now=NOW, type=other)
    assert changed.event.place == on_thursdays  # it was at none: where the hours are


@pytest.mark.rule("3.8.4")
def test_what_names_no_site_stays_at_the_main_one(anne, follow_up, julie):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    Place.begin_with_main(anne.practice)
    main = Place.objects.get(practice=anne.practice)
    quai = Place.objects.create(practice=anne.practice, name="Maison du Quai")
    anne.schedule.write(dict.fromkeys(range(7), MORNING), {3: quai.pk})
    version = made.version
    same = move_appointment(made, made.start, by=PRACTICE, now=NOW, place=main)
    assert same.version == version  # it is there
    other = make_type(anne.practice, name="Rééducation")
    changed = move_appointment(made, made.start, by=PRACTICE, now=NOW, type=other)
    assert changed.type == other
    assert changed.event.place_id in (None, main.pk)


def test_another_site_alone_is_a_change_that_the_patient_is_told_of(
    anne, follow_up, julie, main, on_thursdays
):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    sequence = made.sequence
    moved = move_appointment(made, made.start, by=PRACTICE, now=NOW, place=main)
    assert (moved.event.place, moved.sequence) == (main, sequence + 1)
    announce(NOW)
    assert Message.objects.filter(appointment=made, kind="moved", recipient="patient").exists()


@pytest.mark.rule("3.8.4")
def test_turns_periods_and_openings_have_sites_of_their_own(anne, main, quai):
    plan, monday = anne.schedule, date(2026, 11, 30)
    week = dict.fromkeys(range(7), MORNING)
    write_turn(plan, [week, week], Count(2, first_monday=monday), [{}, {4: quai.pk}])
    period = Period(name="Été", first_date=date(2027, 7, 1), last_date=date(2027, 7, 31))
    write_period(plan, period, [week], Count(), [{0: quai.pk}])
    plan.special_days.create(date=date(2027, 1, 1), start=540, end=600, place=quai, title="Garde")

    def sites():
        hours = stored_hours(anne, monday, date(2027, 12, 31))
        days = [date(2026, 12, 4), date(2026, 12, 11), date(2027, 7, 5), date(2027, 1, 1)]
        return [hours.site_on(day) for day in days]

    assert sites() == [None, quai.pk, quai.pk, quai.pk]
    # Hours that say nothing of sites leave each weekday where it is.
    write_turn(plan, [week, {4: [(600, 660)]}], Count(2, first_monday=monday))
    write_period(plan, period, [{0: [(600, 660)]}], Count())
    assert sites() == [None, quai.pk, quai.pk, quai.pk]
    plan.write({3: MORNING}, {3: quai.pk})
    Schedule.set_for(anne, {3: [(600, 660)], 4: MORNING})
    assert plan.sites() == {3: quai.pk}


@pytest.mark.rule("3.8.7")
def test_a_site_is_given_up_once_nothing_names_it(anne, follow_up, julie, main, on_thursdays):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    follow_up.places.set([on_thursdays, main])  # not there alone
    with pytest.raises(StillNamed) as refusal:
        give_up_place(on_thursdays, THURSDAY)
    assert refusal.value.by == [anne.name]
    anne.schedule.write({3: MORNING}, {})
    opening = anne.schedule.special_days.create(
        date=THURSDAY, start=540, end=600, place=on_thursdays
    )
    with pytest.raises(StillNamed):
        give_up_place(on_thursdays, THURSDAY)
    give_up_place(on_thursdays, FRIDAY)  # the opening is over
    assert list(follow_up.places.all()) == [main]
    made.event.refresh_from_db()
    assert (made.event.place, opening.place) == (on_thursdays, on_thursdays)
    assert place_of(made, Reader.PATIENT).words == "Maison du Quai"
    assert sites_to_choose(anne.practice) == []  # one alone is no choice
