"""Who takes over from whom, and what she offers then (rule 3.10)."""

from datetime import date, time, timedelta

import pytest
from django.utils import translation

from maia.appointments.acts import replacing
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.acts.replacing import (
    Fate,
    NotFreeThere,
    may_hand_over,
    what_it_meets,
)
from maia.appointments.agenda import By
from maia.appointments.exceptions import ChangedMeanwhile, NotBookable
from maia.appointments.offer import why_not_offered
from maia.appointments.opening import Why, closed_times, what_closes
from maia.appointments.replacing_words import replaces
from maia.appointments.slots import (
    free_slots,
    next_free_date,
    offered_slots,
    practitioners_for,
)
from maia.practices.models import Practitioner, Replacement
from maia.schedules.models import Schedule
from maia.schedules.replacements import ReplacementRefused, absences_within, keep_replacement
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
FRIDAY = THURSDAY + timedelta(days=1)
SATURDAY = THURSDAY + timedelta(days=2)
SUBSTITUTE, REPLACED = Replacement.Hours.SUBSTITUTE, Replacement.Hours.REPLACED


@pytest.fixture
def anne(anne):
    anne.schedule.write(dict.fromkeys(range(7), [(540, 600)]))  # 9 to 10
    return anne


@pytest.fixture
def ines(practice):
    made = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="Haddad", position=1
    )
    schedule = Schedule.objects.create(practitioner=made)
    schedule.write(dict.fromkeys(range(7), [(840, 900)]))  # 14 to 15
    return made


@pytest.fixture
def hers(anne):
    """A type of Anne's alone."""
    return make_type(anne.practice, practitioner=anne)


def replace(who, by, first=THURSDAY, last=FRIDAY, hours=SUBSTITUTE):
    wanted = Replacement(
        practice=who.practice, practitioner=who, substitute=by, first_date=first, last_date=last,
        hours=hours,
    )  # fmt: skip
    return keep_replacement(wanted, today=TODAY)


def starts(type, practitioner, day, now=NOW):
    """As the page has them, and the API; to the practice, where ``now`` is None."""
    zone = type.practice.zone
    slots = free_slots(type, [practitioner], day, day, now=now).get(day, [])
    if now is not None:
        try:
            asked = (type.practice.slug, type.pk, practitioner.pk, day, day)
            assert offered_slots(*asked, now=now).slots.get(day, []) == slots
        except NotBookable:  # she offers nothing of it at all
            assert slots == []
    return [f"{slot.start.astimezone(zone):%H:%M}" for slot in slots]


def of_two(type, first, second, day):
    return starts(type, first, day), starts(type, second, day)


@pytest.mark.rule("3.10.2")
def test_the_substitute_offers_what_the_other_one_does_by_her_own_hours(anne, ines, hers):
    assert of_two(hers, anne, ines, THURSDAY) == (["09:00", "09:30"], [])
    replace(anne, ines)
    assert of_two(hers, anne, ines, TODAY + timedelta(days=1)) == (["09:00", "09:30"], [])
    assert of_two(hers, anne, ines, THURSDAY) == ([], ["14:00", "14:30"])
    assert of_two(hers, anne, ines, FRIDAY) == ([], ["14:00", "14:30"])
    assert of_two(hers, anne, ines, SATURDAY) == (["09:00", "09:30"], [])


@pytest.mark.rule("3.10.2")
def test_or_by_the_hours_of_who_is_replaced_as_they_hold_on_the_date(anne, ines, hers):
    anne.schedule.special_days.create(date=FRIDAY, start=600, end=630, title="Garde")
    replace(anne, ines, hours=REPLACED)
    assert of_two(hers, anne, ines, THURSDAY) == ([], ["09:00", "09:30"])
    assert of_two(hers, anne, ines, FRIDAY) == ([], ["10:00"])


def test_of_a_type_of_both_she_keeps_her_own_hours_as_well(anne, ines, follow_up):
    replace(anne, ines, hours=REPLACED)
    both = ["09:00", "09:30", "14:00", "14:30"]
    assert of_two(follow_up, anne, ines, THURSDAY) == ([], both)
    assert of_two(follow_up, anne, ines, SATURDAY) == (both[:2], both[2:])


def test_a_type_with_hours_of_its_own_keeps_them(anne, ines, hers):
    Schedule.objects.create(appointment_type=hers).write({3: [(1080, 1140)], 4: [(1080, 1140)]})
    replace(anne, ines)
    assert of_two(hers, anne, ines, THURSDAY) == ([], ["18:00", "18:30"])


def test_what_is_the_substitutes_own_stays_so(anne, ines):
    own = make_type(anne.practice, practitioner=ines)
    replace(anne, ines, hours=REPLACED)
    assert of_two(own, anne, ines, THURSDAY) == ([], ["14:00", "14:30"])


def test_her_own_absences_and_agenda_count_and_none_of_the_other_one(anne, ines, hers, julie):
    anne.absences.create(start=at(THURSDAY, "00:00"), end=at(SATURDAY, "00:00"))
    ines.absences.create(start=at(FRIDAY, "00:00"), end=at(FRIDAY, "09:30"))
    by = By.practice(None)
    replace(anne, ines, hours=REPLACED)
    book_appointment(hers, ines, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    assert starts(hers, ines, THURSDAY) == ["09:30"]
    assert starts(hers, ines, FRIDAY) == ["09:30"]


def test_a_holiday_closes_her_hours_as_it_does_those_of_who_is_replaced(anne, ines, hers):
    christmas = date(2026, 12, 25)
    Practitioner.objects.filter(pk=ines.pk).update(closed_on_public_holidays=False)
    replace(anne, ines, christmas, christmas, REPLACED)
    assert starts(hers, ines, christmas) == []
    Practitioner.objects.filter(pk=anne.pk).update(closed_on_public_holidays=False)
    assert starts(hers, ines, christmas) == ["09:00", "09:30"]


def test_the_next_free_day_may_be_hers(anne, ines, hers):
    anne.schedule.write({})
    replace(anne, ines, SATURDAY, SATURDAY)
    assert practitioners_for(hers, TODAY) == [anne, ines]
    assert next_free_date(hers, [anne, ines], TODAY, now=NOW) == SATURDAY
    offered = offered_slots(hers.practice.slug, hers.pk, None, TODAY, TODAY, now=NOW)
    assert (offered.team, offered.following) == ([anne, ines], SATURDAY)
    assert practitioners_for(hers, SATURDAY + timedelta(days=1)) == [anne]


def test_online_she_offers_only_what_the_other_one_offers_online(anne, ines, hers):
    replace(anne, ines)
    Practitioner.objects.filter(pk=anne.pk).update(allow_online_booking=False)
    anne.refresh_from_db()
    assert starts(hers, ines, THURSDAY) == []
    assert starts(hers, ines, THURSDAY, now=None) == ["14:00", "14:30"]


def test_a_type_of_some_is_taken_over_too(anne, ines, practice):
    last = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    some = make_type(practice)
    some.set_owners([anne, last])
    some.save()
    some.save_owners([anne, last])
    replace(anne, ines)
    assert starts(some, ines, THURSDAY) == ["14:00", "14:30"]
    assert starts(some, ines, SATURDAY) == []


@pytest.mark.rule("3.10.3")
def test_what_is_offered_is_what_is_accepted(anne, ines, hers, julie):
    replace(anne, ines)
    by = By.patient(julie.user)

    def why_not(who, start):
        with pytest.raises(NotBookable) as refused:
            book_appointment(hers, who, start, julie, by=by, now=NOW)
        return refused.value.reason.value

    assert why_not(anne, at(THURSDAY, "09:00")) == "not_offered"
    assert why_not(ines, at(SATURDAY, "14:00")) == "not_this_practitioner"
    made = book_appointment(hers, ines, at(THURSDAY, "14:00"), julie, by=by, now=NOW)
    assert made.practitioner == ines
    # She moves it inside of the replacement, and not out of it; as long as it lasts.
    assert made.may_move(NOW)
    with pytest.raises(NotBookable):
        move_appointment(made, at(SATURDAY, "14:00"), by=by, now=NOW)
    assert move_appointment(made, at(FRIDAY, "14:30"), by=by, now=NOW).start == at(FRIDAY, "14:30")


def test_the_practice_gives_her_nothing_of_it_outside_of_the_dates(anne, ines, hers, julie):
    replace(anne, ines)
    by = By.practice(None)
    with pytest.raises(NotBookable):
        book_appointment(hers, ines, at(SATURDAY, "14:00"), julie, by=by, now=NOW)
    assert starts(hers, ines, SATURDAY, now=None) == []
    made = book_appointment(hers, anne, at(FRIDAY, "09:00"), julie, by=by, now=NOW)
    given = move_appointment(made, made.start, practitioner=ines, by=by, now=NOW)
    assert (given.practitioner, given.sequence) == (ines, 1)
    # What she has is moved by the practice wherever she is.
    assert [slot.start for slot in free_slots(hers, [ines], SATURDAY, SATURDAY, now=None,
                                              without=given.event)[SATURDAY]] == [
        at(SATURDAY, "14:00"), at(SATURDAY, "14:30")
    ]  # fmt: skip


def test_the_cut_off_of_the_evening_knows_when_her_day_begins(anne, ines, hers):
    Practitioner.objects.filter(pk=ines.pk).update(
        evening_cutoff=time(20), minimum_notice_minutes=0
    )
    ines.refresh_from_db()
    replace(anne, ines, hours=REPLACED)
    assert starts(hers, ines, THURSDAY, now=at(THURSDAY, "08:00")) == []
    assert starts(hers, ines, THURSDAY, now=at(THURSDAY, "09:00")) == ["09:00", "09:30"]


def test_who_has_left_is_replaced_by_nobody(anne, ines, hers):
    replace(anne, ines)
    Practitioner.objects.filter(pk=anne.pk).update(is_active=False)
    assert starts(hers, ines, THURSDAY) == []


def test_it_is_one_query_whatever_the_replacements(anne, ines, hers, django_assert_num_queries):
    replace(anne, ines, hours=REPLACED)
    replace(anne, ines, SATURDAY, SATURDAY)
    with django_assert_num_queries(1):
        offered_slots(hers.practice.slug, hers.pk, None, TODAY, TODAY, now=NOW)
    with django_assert_num_queries(1):
        free_slots(hers, [anne, ines], TODAY, SATURDAY, now=NOW)
    both = list(Practitioner.objects.order_by("pk").with_substitutions())
    for one in both:
        one.practice = anne.practice
    with django_assert_num_queries(0):
        said = [why_not_offered(hers, one, online=True, day=THURSDAY) for one in both]
    assert said == [None, None]


def refused(*asked, **more):
    with pytest.raises(ReplacementRefused) as refusal:
        replace(*asked, **more)
    return refusal.value.code, refusal.value.field, refusal.value.other


@pytest.mark.rule("3.10.1")
def test_nobody_is_replaced_twice_nor_by_who_is_replaced(anne, ines, practice):
    zoe = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    kept = replace(anne, ines)
    assert refused(anne, zoe, FRIDAY, SATURDAY) == ("overlapping", "first_date", ines)
    assert refused(zoe, anne, FRIDAY, SATURDAY) == ("is_replaced", "substitute", ines)
    assert refused(ines, zoe, FRIDAY, SATURDAY) == ("replaces", "practitioner", anne)
    assert replace(anne, zoe, SATURDAY, SATURDAY)
    assert replace(zoe, ines)  # of one who takes over from two
    kept.last_date = SATURDAY
    with pytest.raises(ReplacementRefused):
        keep_replacement(kept, today=TODAY)
    kept.last_date = kept.first_date
    assert keep_replacement(kept, today=TODAY).last_date == THURSDAY


def test_dates_and_people_that_cannot_be(anne, ines, elsewhere):
    past = TODAY - timedelta(days=1)
    assert refused(anne, anne)[:2] == ("same_person", "substitute")
    assert refused(anne, ines, FRIDAY, THURSDAY)[:2] == ("reversed", "last_date")
    assert refused(anne, ines, past, past)[:2] == ("over", "last_date")
    far = TODAY + timedelta(days=4000)
    assert refused(anne, ines, THURSDAY, far)[:2] == ("out_of_reach", "last_date")
    assert refused(anne, elsewhere["practitioner"])[:2] == ("not_here", "substitute")
    Practitioner.objects.filter(pk=ines.pk).update(is_active=False)
    assert refused(anne, ines)[:2] == ("not_here", "substitute")


def test_a_substitute_who_is_away_all_along_takes_nothing_over(anne, ines):
    first = ines.absences.create(start=at(THURSDAY, "00:00"), end=at(FRIDAY, "00:00"))
    ines.absences.create(start=at(FRIDAY, "00:00"), end=at(SATURDAY, "00:00"))
    assert refused(anne, ines) == ("away", "substitute", None)
    kept = replace(anne, ines, THURSDAY, SATURDAY)
    assert absences_within(kept)[0] == first
    assert len(absences_within(kept)) == 2


@pytest.mark.rule("3.10.4")
def test_of_each_that_stands_there_the_practice_says_what_becomes(
    anne, ines, hers, julie, practice
):
    by = By.practice(None)

    def book(start, patient=julie):
        return book_appointment(hers, anne, start, patient, by=by, now=NOW)

    nine, half, friday = (
        book(at(THURSDAY, "09:00")), book(at(THURSDAY, "09:30")), book(at(FRIDAY, "09:00")),
    )  # fmt: skip
    book(at(SATURDAY, "09:00"))
    wanted = Replacement(
        practice=practice, practitioner=anne, substitute=ines, first_date=THURSDAY, last_date=FRIDAY
    )
    assert what_it_meets(wanted, None, NOW).inside == [nine, half, friday]
    decided = {nine.pk: Fate.HAND_OVER, half.pk: Fate.KEEP}
    with pytest.raises(ChangedMeanwhile):
        replacing.replace(wanted, decided=decided, by=by, now=NOW)
    assert not Replacement.objects.exists()
    wanted.pk = None
    decided[friday.pk] = Fate.CANCEL
    done = replacing.replace(wanted, decided=decided, by=by, now=NOW)
    assert [done[fate] for fate in Fate] == [[nine], [half], [friday]]
    for one in (nine, half, friday):
        one.refresh_from_db()
        one.event.refresh_from_db()
    assert [one.event.practitioner for one in (nine, half, friday)] == [ines, anne, anne]
    assert [one.status for one in (nine, half, friday)] == ["confirmed", "confirmed", "cancelled"]
    told = [(one.action, one.tells) for one in nine.history.all()]
    assert told == [("booked", True), ("moved", True)]
    # Shortened, it leaves what she took over outside; lengthened, only what is new is asked about.
    stored = Replacement.objects.get()
    wanted.first_date, wanted.last_date = FRIDAY, SATURDAY
    met = what_it_meets(wanted, stored, NOW)
    assert [one.start for one in met.inside] == [at(SATURDAY, "09:00")]
    assert met.outside == [nine]


def test_she_takes_over_nothing_where_she_has_something_else(anne, ines, hers, julie, practice):
    by = By.practice(None)
    booked = book_appointment(hers, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    own = make_type(practice, practitioner=ines)
    book_appointment(
        own, ines, at(THURSDAY, "09:15"), make_patient(practice, "Maud"), by=by, now=NOW
    )
    wanted = Replacement(
        practice=practice, practitioner=anne, substitute=ines, first_date=THURSDAY, last_date=FRIDAY
    )
    assert not may_hand_over(wanted, booked)
    with pytest.raises(NotFreeThere) as refusal:
        replacing.replace(wanted, decided={booked.pk: Fate.HAND_OVER}, by=by, now=NOW)
    assert refusal.value.appointments == [booked]
    assert not Replacement.objects.exists()


@pytest.mark.rule("3.10.5")
def test_it_is_said_where_she_stands_in_and_nowhere_else(anne, ines, hers, follow_up, practice):
    own = make_type(practice, practitioner=ines)
    replace(anne, ines)
    with translation.override("fr"):
        assert replaces(ines, hers, at(FRIDAY, "14:00")) == "remplace Anne Morel"
        assert replaces(ines, follow_up, at(FRIDAY, "14:00")) == "remplace Anne Morel"
        others = [(hers, at(SATURDAY, "14:00")), (own, at(FRIDAY, "14:00")), (None, NOW)]
        assert [replaces(ines, *other) for other in others] == ["", "", ""]
        assert replaces(anne, hers, at(FRIDAY, "09:00")) == ""


def test_the_agenda_shows_who_is_closed_and_who_works_instead(anne, ines):
    replace(anne, ines, hours=REPLACED)
    both = closed_times([anne, ines], at(THURSDAY, "00:00"), at(FRIDAY, "00:00"))
    hers, theirs = both
    (closed,) = [one for one in hers.closed if one.why == Why.REPLACEMENT]
    assert (closed.title, closed.start, closed.end) == (
        ines.name, at(THURSDAY, "00:00"), at(FRIDAY, "00:00"),
    )  # fmt: skip
    (day,) = theirs.replaces
    assert (day.title, day.start, day.end) == (
        anne.name, at(THURSDAY, "00:00"), at(FRIDAY, "00:00"),
    )  # fmt: skip
    assert (
        what_closes(ines, make_type(anne.practice), at(THURSDAY, "09:00"), at(THURSDAY, "10:00"))
        == []
    )
