"""What is offered is what is accepted, whoever offers it and however long it lasts."""

from datetime import UTC, datetime, time, timedelta

import pytest

from maia.appointments.acts.blocking import be_absent
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.acts.personal import Change, Text, block_time, change_event
from maia.appointments.agenda import By
from maia.appointments.exceptions import (
    ImpossibleDate,
    InvalidRange,
    NotBookable,
    SlotTaken,
    TooFarAway,
)
from maia.appointments.models import Appointment
from maia.appointments.slots import free_slots
from maia.appointments.stranded import stranded
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from maia.schedules.written import WrittenHours, with_week
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

PATIENT, PRACTICE = By.patient(None), By.practice(None)
REASON = NotBookable.Reason


def offered(type, practitioner, day=THURSDAY, *, now=NOW, without=None):
    days = free_slots(type, [practitioner], day, day, now=now, without=without)
    return [slot.start for slot in days.get(day, [])]


def refused(kind, act, *args, **kwargs):
    with pytest.raises(kind) as refusal:
        act(*args, **kwargs)
    return refusal.value


@pytest.mark.rule("3.4.5")
def test_a_move_is_offered_for_its_own_length(anne, julie):
    """Sixty minutes were booked; the type is thirty now, without buffers."""
    long = make_type(anne.practice, minutes=60, buffer_after_minutes=30)
    made = book_appointment(long, anne, at(THURSDAY, "14:00"), julie, by=PATIENT, now=NOW)
    type(long).objects.filter(pk=long.pk).update(duration_minutes=30, buffer_after_minutes=0)
    made = Appointment.objects.with_details().get()
    starts = offered(made.type, anne, without=made.event)
    assert [f"{start.astimezone(anne.practice.zone):%H:%M}" for start in starts] == [
        "09:00", "10:30", "15:30", "17:00",
    ]  # fmt: skip
    for start in starts:
        made = move_appointment(made, start, by=PATIENT, now=NOW)
        assert made.duration == timedelta(minutes=60)
    late = at(THURSDAY, "17:30")  # would end after closing
    assert refused(NotBookable, move_appointment, made, late, by=PATIENT, now=NOW)


def test_a_type_given_to_somebody_else_is_offered_to_no_patient_of_hers(anne, follow_up, julie):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PATIENT, now=NOW)
    ines = Practitioner.objects.create(practice=anne.practice, first_name="Inès", last_name="R")
    follow_up.practitioner = ines
    follow_up.save()
    made = Appointment.objects.with_details().get(pk=made.pk)
    assert not made.may_move(NOW)
    assert offered(made.type, anne, without=made.event) == []
    refusal = refused(
        NotBookable, move_appointment, made, at(THURSDAY, "10:00"), by=PATIENT, now=NOW
    )
    assert refusal.reason == REASON.NOT_THIS_PRACTITIONER
    move_appointment(made, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW)  # the practice may


@pytest.mark.rule("3.2.2")
def test_nobody_books_with_who_has_left_nor_what_is_archived(anne, follow_up, julie):
    nine = at(THURSDAY, "09:00")
    for row, field in ((anne, "is_active"), (follow_up, "archived")):
        setattr(row, field, field == "archived")
        row.save()
        for by, reason in ((PATIENT, REASON.NOT_ONLINE), (PRACTICE, REASON.NO_LONGER)):
            refusal = refused(
                NotBookable, book_appointment, follow_up, anne, nine, julie, by=by, now=NOW
            )
            assert refusal.reason == reason
        setattr(row, field, field != "archived")
        row.save()
    ines = Practitioner.objects.create(practice=anne.practice, first_name="Inès", last_name="R")
    ofines = make_type(anne.practice, "D’Inès", practitioner=ines)
    refusal = refused(
        NotBookable, book_appointment, ofines, anne, nine, julie, by=PRACTICE, now=NOW
    )
    assert refusal.reason == REASON.NOT_THIS_PRACTITIONER


@pytest.mark.rule("3.3.7")
def test_who_fills_her_days_offers_what_touches_and_sees_all(anne, follow_up, julie):
    anne.fill_my_days = True
    anne.save()
    book_appointment(follow_up, anne, at(THURSDAY, "10:00"), julie, by=PRACTICE, now=NOW)

    def clocks(now):
        zone = anne.practice.zone
        return [f"{start.astimezone(zone):%H:%M}" for start in offered(follow_up, anne, now=now)]

    assert clocks(NOW) == ["09:00", "09:30", "10:30", "11:30", "14:00", "17:30"]
    assert len(clocks(None)) == 13
    lina = make_patient(anne.practice, "Lina")
    refusal = refused(NotBookable, book_appointment, follow_up, anne, at(THURSDAY, "15:00"), lina,
                      by=PATIENT, now=NOW)  # fmt: skip
    assert refusal.reason == REASON.NOT_OFFERED
    made = book_appointment(follow_up, anne, at(THURSDAY, "10:30"), lina, by=PATIENT, now=NOW)
    assert "11:00" in clocks(NOW)
    move_appointment(made, at(THURSDAY, "14:00"), by=PATIENT, now=NOW)
    assert clocks(NOW)[-2:] == ["14:30", "17:30"]
    book_appointment(follow_up, anne, at(THURSDAY, "16:00"), julie, by=PRACTICE, now=NOW)


@pytest.mark.rule("3.1.14")
def test_a_notice_in_days_closes_dates_to_patients_alone(anne, follow_up, julie):
    """Now is a Tuesday at ten."""
    anne.minimum_notice_days = 2
    anne.save()
    tuesday, wednesday = THURSDAY - timedelta(days=2), THURSDAY - timedelta(days=1)
    for day in tuesday, wednesday:
        assert offered(follow_up, anne, day) == []
        late = at(day, "17:30")
        refusal = refused(NotBookable, book_appointment, follow_up, anne, late, julie,
                          by=PATIENT, now=NOW)  # fmt: skip
        assert refusal.reason == REASON.TOO_SOON
        assert late in offered(follow_up, anne, day, now=None)
    book_appointment(follow_up, anne, at(wednesday, "17:30"), julie, by=PRACTICE, now=NOW)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PATIENT, now=NOW)
    refusal = refused(NotBookable, move_appointment, made, at(wednesday, "10:00"),
                      by=PATIENT, now=NOW)  # fmt: skip
    assert refusal.reason == REASON.TOO_SOON


@pytest.mark.rule("3.2.4")
@pytest.mark.parametrize(
    ("minutes", "days", "same_day", "next_day"),
    [
        (None, None, False, False),  # the practitioner's
        (60, None, True, True),  # urgent: its whole notice
        (60, 1, False, True),
        (None, 0, False, True),  # her minutes still hold: 30 hours of them
        (None, 1, False, True),
    ],
)
def test_a_type_has_a_notice_of_its_own(anne, minutes, days, same_day, next_day):
    anne.minimum_notice_minutes, anne.minimum_notice_days = 30 * 60, 2
    anne.save()
    type = make_type(anne.practice, minimum_notice_minutes=minutes, minimum_notice_days=days)
    tuesday, wednesday = THURSDAY - timedelta(days=2), THURSDAY - timedelta(days=1)
    assert bool(offered(type, anne, tuesday)) is same_day
    assert bool(offered(type, anne, wednesday)) is next_day


def test_who_loses_a_slot_to_a_neighbour_is_told_that_it_has_gone(anne, follow_up, julie):
    """The grid has moved under her, or a buffer lies over it now."""
    book_appointment(
        make_type(anne.practice, "Long", minutes=40), anne, at(THURSDAY, "09:00"),
        make_patient(anne.practice, "Zoé"), by=PRACTICE, now=NOW,
    )  # fmt: skip
    assert at(THURSDAY, "10:00") not in offered(follow_up, anne)
    refused(
        SlotTaken,
        book_appointment,
        follow_up,
        anne,
        at(THURSDAY, "10:00"),
        julie,
        by=PATIENT,
        now=NOW,
    )
    buffered = make_type(anne.practice, "Avant", minutes=30, buffer_before_minutes=60)
    book_appointment(
        buffered,
        anne,
        at(THURSDAY, "15:00"),
        make_patient(anne.practice, "Lina"),
        by=PRACTICE,
        now=NOW,
    )
    refused(
        SlotTaken,
        book_appointment,
        follow_up,
        anne,
        at(THURSDAY, "14:00"),
        julie,
        by=PATIENT,
        now=NOW,
    )


@pytest.mark.rule("3.4.7")
def test_what_is_moved_by_the_patient_waits_for_a_yes_again(anne, julie):
    asked = make_type(anne.practice, needs_confirmation=True)
    made = book_appointment(asked, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    assert made.status == "confirmed"
    made = move_appointment(made, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW)
    assert made.status == "confirmed"
    made = move_appointment(made, at(THURSDAY, "11:00"), by=PATIENT, now=NOW)
    made.refresh_from_db()
    assert made.status == "unconfirmed"


@pytest.mark.parametrize(
    ("clock", "opens"),
    [("18:59", True), ("19:00", False), ("00:01", False), ("08:59", False), ("09:00", True)],
)
def test_the_evening_closes_the_morning_until_it_has_begun(anne, follow_up, julie, clock, opens):
    anne.evening_cutoff, anne.minimum_notice_minutes = time(19), 0
    anne.save()
    day = THURSDAY - timedelta(days=1) if clock > "18" else THURSDAY
    now = at(day, clock)
    assert bool(offered(follow_up, anne, now=now)) is opens
    start = at(THURSDAY, "11:00")
    if not opens:
        refusal = refused(
            NotBookable, book_appointment, follow_up, anne, start, julie, by=PATIENT, now=now
        )
        assert refusal.reason == REASON.TOO_SOON
    else:
        book_appointment(follow_up, anne, start, julie, by=PATIENT, now=now)


def test_a_type_with_its_own_hours_opens_when_her_day_has_begun(anne, follow_up):
    anne.evening_cutoff, anne.minimum_notice_minutes = time(19), 0
    anne.save()
    Schedule.set_own(follow_up, {THURSDAY.weekday(): [(900, 960)]})
    assert not offered(follow_up, anne, now=at(THURSDAY, "08:00"))
    assert len(offered(follow_up, anne, now=at(THURSDAY, "09:00"))) == 2


@pytest.mark.rule("3.1.10")
@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_years_that_nobody_lives_in_are_no_dates(anne, follow_up, julie, year):
    start = datetime(year, 12, 25, 9, tzinfo=UTC)
    end = start + timedelta(minutes=30)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    for by in (PATIENT, PRACTICE):
        refused(ImpossibleDate, book_appointment, follow_up, anne, start, julie, by=by, now=NOW)
        refused(ImpossibleDate, move_appointment, made, start, by=by, now=NOW)
    refused(ImpossibleDate, move_appointment, made, made.start, end=end, by=PRACTICE, now=NOW)
    refused(ImpossibleDate, block_time, anne, start, end, Text(), now=NOW, allow_overlap=True)
    refused(
        ImpossibleDate,
        be_absent,
        anne,
        [(start, end)],
        "",
        decided=None,
        by=PRACTICE,
        now=NOW,
    )
    refused(InvalidRange, free_slots, follow_up, [anne], start.date(), start.date(), now=None)


@pytest.mark.rule("3.1.10")
@pytest.mark.parametrize("year", [1901, 2016, 2037, 2199])
def test_nothing_is_put_into_an_agenda_more_than_ten_years_away(anne, follow_up, julie, year):
    start = datetime(year, 11, 25, 9, tzinfo=UTC)
    end = start + timedelta(minutes=30)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    for by in (PATIENT, PRACTICE):
        refused(TooFarAway, book_appointment, follow_up, anne, start, julie, by=by, now=NOW)
        refused(TooFarAway, move_appointment, made, start, by=by, now=NOW)
    refused(TooFarAway, move_appointment, made, made.start, end=end, by=PRACTICE, now=NOW)
    how = {"now": NOW, "allow_overlap": True}
    refused(TooFarAway, block_time, anne, start, end, Text(), **how)
    (event,) = block_time(anne, made.start, made.end, Text(), **how)
    refused(TooFarAway, change_event, event, Change(start=start, end=end), **how)
    away = {"decided": None, "by": PRACTICE, "now": NOW}
    refused(TooFarAway, be_absent, anne, [(start, end)], "", **away)
    old = NOW - timedelta(days=365 * 9)
    assert book_appointment(follow_up, anne, old, julie, by=PRACTICE, now=NOW).start == old


def test_what_stands_far_away_already_is_given_to_a_colleague(anne, practice, follow_up, julie):
    late = NOW + timedelta(days=4000)
    made = book_appointment(follow_up, anne, NOW + timedelta(days=9), julie, by=PRACTICE, now=NOW)
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad")
    move_appointment(made, made.start, practitioner=colleague, by=PRACTICE, now=late)


@pytest.mark.rule("3.2.5")
def test_who_did_not_come_is_not_known_yet(anne, practice, julie):
    known_only = make_type(practice, known_patients_only=True)
    julie.origin = "online"
    julie.save()
    before = NOW - timedelta(days=8)
    came = book_appointment(
        make_type(practice), anne, at(before.date(), "09:00"), julie, by=PRACTICE, now=before
    )
    nine = at(THURSDAY, "09:00")
    Appointment.objects.filter(pk=came.pk).update(attendance="no_show")
    refusal = refused(
        NotBookable, book_appointment, known_only, anne, nine, julie, by=PATIENT, now=NOW
    )
    assert refusal.reason == REASON.KNOWN_PATIENTS_ONLY
    Appointment.objects.filter(pk=came.pk).update(attendance="")
    book_appointment(known_only, anne, nine, julie, by=PATIENT, now=NOW)


@pytest.mark.rule("3.1.8")
def test_what_a_types_own_hours_would_leave_outside(anne, follow_up, julie):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)
    weekday = THURSDAY.weekday()

    def own(*ranges):
        return with_week(WrittenHours(), {weekday: list(ranges)})

    assert stranded(follow_up, own((540, 600)), now=NOW) == []
    assert stranded(follow_up, own((600, 700)), now=NOW) == [made]
    assert stranded(follow_up, None, now=NOW) == []
    Schedule.set_own(follow_up, {weekday: [(540, 600)]})
    anne.schedule.write({weekday: [(600, 700)]})
    assert stranded(follow_up, None, now=NOW) == [made]
    # What stands outside already is there on purpose, and is not asked about again.
    Schedule.set_own(follow_up, None)
    assert stranded(follow_up, own((660, 700)), now=NOW) == []
    Schedule.set_own(follow_up, {weekday: [(540, 600)]})
    cancel_appointment(made, by=PRACTICE, now=NOW)
    assert stranded(follow_up, None, now=NOW) == []
