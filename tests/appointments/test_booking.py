"""Book, move, cancel: what a patient may do and what she is told (rule 3.4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import Boxes, By
from maia.appointments.exceptions import (
    AlreadyCancelled,
    ChangedMeanwhile,
    NotBegun,
    NotBookable,
    PatientBusy,
    RequestReused,
    SlotTaken,
    TooLate,
)
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.appointments.slots import free_slots, nearest_free
from maia.practices.models import Practice, Practitioner
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

BY = By.patient(None)


def book(type, practitioner, text, patient, day=THURSDAY, **fields):
    return book_appointment(
        type, practitioner, at(day, text), patient, **{"by": BY, "now": NOW, **fields}
    )


def test_a_booking_takes_the_slot_and_computes_the_rest(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie, note="Première fois")
    assert (made.start, made.end) == (at(THURSDAY, "09:30"), at(THURSDAY, "10:00"))
    assert (made.status, made.booked_online, made.note) == ("confirmed", True, "Première fois")
    (entry,) = made.history.all()
    assert (entry.action, entry.actor, entry.announced) == ("booked", "patient", False)
    left = free_slots(follow_up, [anne], THURSDAY, THURSDAY, now=NOW)[THURSDAY]
    assert at(THURSDAY, "09:30") not in [slot.start for slot in left]


def test_the_loser_is_told_and_nothing_is_written(follow_up, anne, julie):
    book(follow_up, anne, "09:30", julie)
    other = make_patient(anne.practice, "Lina")
    with pytest.raises(SlotTaken):
        book(follow_up, anne, "09:30", other)
    assert (Event.objects.count(), Appointment.objects.count()) == (1, 1)
    assert HistoryEntry.objects.count() == 1


@pytest.mark.rule("3.4.2")
def test_the_nearest_free_slots_stand_around_the_lost_one(follow_up, anne, julie):
    book(follow_up, anne, "09:30", julie)
    nearest = nearest_free(follow_up, [anne], at(THURSDAY, "09:30"), now=NOW, count=3)
    assert [s.start for s in nearest] == [at(THURSDAY, t) for t in ("09:00", "10:00", "10:30")]


@pytest.mark.rule("3.4.3")
def test_the_same_submission_twice_is_one_appointment(follow_up, anne, julie):
    key = uuid4()
    first = book(follow_up, anne, "09:30", julie, request_key=key)
    again = book(follow_up, anne, "09:30", julie, request_key=key)
    assert again == first
    assert HistoryEntry.objects.count() == 1
    with pytest.raises(RequestReused):
        book(follow_up, anne, "10:30", julie, request_key=key)


@pytest.mark.rule("3.3.4")
@pytest.mark.parametrize(
    ("text", "days", "reason"),
    [
        ("09:07", 2, "not_offered"),  # off the grid
        ("12:30", 2, "not_offered"),  # in the break
        ("17:45", 2, "not_offered"),  # would end after closing
        ("09:00", 0, "too_soon"),  # past
        ("11:30", 0, "too_soon"),  # inside the notice of two hours
        ("09:00", -30, "too_soon"),
        ("09:00", 91, "too_far"),
        ("09:00", 24, "not_offered"),  # Christmas
    ],
)
def test_what_is_not_offered_is_not_accepted(follow_up, anne, julie, text, days, reason):
    with pytest.raises(NotBookable) as refusal:
        book(follow_up, anne, text, julie, day=THURSDAY + timedelta(days=days - 2))
    assert refusal.value.reason == reason
    assert not Event.objects.exists()


def test_the_last_day_of_the_horizon_is_accepted(follow_up, anne, julie):
    book(follow_up, anne, "17:30", julie, day=THURSDAY + timedelta(days=88))


@pytest.mark.parametrize("change", [{"allow_online_booking": False}, {"archived": True}])
def test_a_type_that_is_not_online_is_refused(follow_up, anne, julie, change):
    type(follow_up).objects.update(**change)
    follow_up.refresh_from_db()
    with pytest.raises(NotBookable, match="not_online"):
        book(follow_up, anne, "09:30", julie)


def test_a_type_of_another_practitioner_or_practice_is_refused(follow_up, anne, julie):
    ines = Practitioner.objects.create(practice=anne.practice, first_name="Inès", last_name="R")
    hers = make_type(anne.practice, practitioner=ines)
    with pytest.raises(NotBookable, match="not_this_practitioner"):
        book(hers, anne, "09:30", julie)
    elsewhere = make_type(Practice.objects.create(name="Ailleurs", slug="ailleurs"))
    with pytest.raises(NotBookable, match="not_this_practitioner"):
        book(elsewhere, anne, "09:30", julie)


@pytest.mark.rule("3.4.8")
def test_a_barred_patient_and_an_unknown_one_are_refused(follow_up, anne, practice):
    barred = make_patient(practice, online_booking_barred=True)
    with pytest.raises(NotBookable, match="barred"):
        book(follow_up, anne, "09:30", barred)
    reserved = make_type(practice, known_patients_only=True)
    newcomer = make_patient(practice, origin="online")
    with pytest.raises(NotBookable, match="known_patients_only"):
        book(reserved, anne, "09:30", newcomer)
    book(reserved, anne, "09:30", make_patient(practice, origin="practice"))


@pytest.mark.rule("3.2.6")
def test_a_type_to_be_confirmed_waits_and_still_takes_the_slot(practice, anne, julie):
    asked = make_type(practice, needs_confirmation=True)
    assert book(asked, anne, "09:30", julie).status == "unconfirmed"
    with pytest.raises(SlotTaken):
        book(asked, anne, "09:30", make_patient(practice, "Lina"))


def test_moving_takes_the_new_slot_and_frees_the_old(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    moved = move_appointment(made, at(THURSDAY, "15:00"), by=BY, now=NOW)
    assert (moved.pk, moved.start, moved.sequence) == (made.pk, at(THURSDAY, "15:00"), 1)
    book(follow_up, anne, "09:30", make_patient(anne.practice, "Lina"))
    entry = made.history.last()
    assert (entry.old_start, entry.new_start) == (at(THURSDAY, "09:30"), at(THURSDAY, "15:00"))


def test_moving_to_its_own_time_changes_nothing(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    move_appointment(made, made.start, by=BY, now=NOW)
    assert made.history.count() == 1


def test_a_move_that_fails_keeps_the_old_slot(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    book(follow_up, anne, "15:00", make_patient(anne.practice, "Lina"))
    with pytest.raises(SlotTaken):
        move_appointment(made, at(THURSDAY, "15:00"), by=BY, now=NOW)
    made = Appointment.objects.get(pk=made.pk)
    assert (made.start, made.sequence) == (at(THURSDAY, "09:30"), 0)


def test_an_appointment_does_not_stand_in_its_own_way(practice, anne, julie):
    stepped = make_type(practice, minutes=45, slot_step_minutes=15)
    made = book(stepped, anne, "09:00", julie)
    around = free_slots(stepped, [anne], THURSDAY, THURSDAY, now=NOW, without=made.event)
    assert around[THURSDAY][0].start == at(THURSDAY, "09:15")
    assert move_appointment(made, at(THURSDAY, "09:15"), by=BY, now=NOW).sequence == 1


@pytest.mark.rule("3.3.3")
def test_cancelling_frees_the_time_at_once_and_twice_is_once(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    cancel_appointment(made, by=BY, now=NOW)
    cancel_appointment(made, by=BY, now=NOW)
    made = Appointment.objects.get(pk=made.pk)
    assert (made.status, made.sequence, made.history.count()) == ("cancelled", 1, 2)
    book(follow_up, anne, "09:30", make_patient(anne.practice, "Lina"))
    with pytest.raises(AlreadyCancelled):
        move_appointment(made, at(THURSDAY, "15:00"), by=BY, now=NOW)


@pytest.mark.rule("3.4.6")
def test_the_deadline_is_the_last_moment(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    deadline = made.start - timedelta(hours=24)
    late = deadline + timedelta(seconds=1)
    with pytest.raises(TooLate):
        cancel_appointment(made, by=BY, now=late)
    with pytest.raises(TooLate):
        move_appointment(made, at(THURSDAY, "15:00"), by=BY, now=late)
    cancel_appointment(made, by=BY, now=deadline)


def test_the_practice_cancels_after_the_deadline(follow_up, anne, julie):
    made = book(follow_up, anne, "09:30", julie)
    late = made.start - timedelta(minutes=5)
    cancelled = cancel_appointment(made, by=By.practice(anne.user), now=late)
    assert cancelled.status == "cancelled"


@pytest.mark.rule("3.4.1")
def test_the_database_itself_refuses_an_overlap(follow_up, anne):
    def event(start, end, **fields):
        return Event.objects.create(
            practice=anne.practice,
            practitioner=anne,
            type=follow_up,
            kind="appointment",
            start=at(THURSDAY, start),
            end=at(THURSDAY, end),
            **fields,
        )

    first = event("09:00", "10:00")
    event("10:00", "10:30")  # back to back
    event("09:15", "09:45", blocking=False)
    event("09:15", "09:45", exclusive=False)
    for clash in (("09:59", "10:01"), ("08:00", "12:00"), ("09:15", "09:20")):
        with pytest.raises(IntegrityError, match="event_no_overlap"), transaction.atomic():
            event(*clash)
    with pytest.raises(IntegrityError, match="event_no_overlap"), transaction.atomic():
        Event.objects.filter(pk=first.pk).update(end=at(THURSDAY, "10:15"))
    with pytest.raises(IntegrityError, match="event_no_overlap"), transaction.atomic():
        Event.objects.filter(blocking=False).update(blocking=True)
    Event.objects.filter(pk=first.pk).update(start=at(THURSDAY, "09:01"))  # itself is no clash


def test_a_retry_of_hers_is_told_apart_from_what_stands_beside_it(follow_up, anne, julie, practice):
    """One event with two appointments, as a workshop has: neither row alone is her retry."""
    key = uuid4()
    first = book(follow_up, anne, "09:30", julie, request_key=key)
    zoe = make_patient(practice, "Zoé")
    Appointment.objects.create(
        practice=practice,
        event=first.event,
        seat=2,
        patient=zoe,
        status="confirmed",
        created_at=NOW,
    )
    with pytest.raises(PatientBusy):
        book(follow_up, anne, "09:30", zoe, request_key=key)
    assert book(follow_up, anne, "09:30", julie, request_key=key) == first


@pytest.mark.rule("3.4.4")
def test_the_practice_overlaps_on_purpose_only(follow_up, anne, julie):
    book(follow_up, anne, "09:30", julie)
    by, other = By.practice(anne.user), make_patient(anne.practice, "Lina")
    with pytest.raises(SlotTaken):
        book(follow_up, anne, "09:30", other, by=by)
    assert not book(follow_up, anne, "09:30", other, by=by, allow_overlap=True).event.exclusive
    with pytest.raises(SlotTaken):  # asked for by a patient, it is still no slot
        book(follow_up, anne, "09:30", make_patient(anne.practice, "Mia"), allow_overlap=True)


@pytest.mark.rule("3.4.9")
def test_who_edits_what_has_changed_is_told(follow_up, anne, julie):
    appointment = book(follow_up, anne, "09:30", julie)
    seen, by = appointment.version, By.practice(anne.user)

    def write(notes):
        return edit_appointment(
            appointment, practice_notes=notes, attendance="", boxes=Boxes(email=True, sms=False),
            by=by, now=NOW, seen=seen,
        )  # fmt: skip

    write("Toxo négative")
    with pytest.raises(ChangedMeanwhile):
        write("Autre chose")
    appointment.refresh_from_db()
    assert appointment.practice_notes == "Toxo négative"


@pytest.mark.rule("3.12.9")
def test_the_sheet_says_who_came_of_what_has_begun_too(follow_up, anne, julie):
    appointment = book(follow_up, anne, "09:30", julie)
    by = By.practice(anne.user)

    def say(attendance, now):
        current = Appointment.objects.with_details().get()
        return edit_appointment(
            current, practice_notes="Vu", attendance=attendance, now=now, seen=current.version,
            boxes=Boxes(email=True, sms=False), by=by,
        )  # fmt: skip

    with pytest.raises(NotBegun):
        say("attended", appointment.start - timedelta(seconds=1))
    assert Appointment.objects.get().practice_notes == ""
    assert say("attended", appointment.start).attendance == "attended"
    cancel_appointment(appointment, by=by, now=appointment.start)
    assert say("attended", appointment.end).attendance == "attended"  # it stays as it was
    with pytest.raises(AlreadyCancelled):
        say("no_show", appointment.end)
    assert say("", appointment.end).attendance == ""
    with pytest.raises(AlreadyCancelled):
        say("excused", appointment.end)


@pytest.mark.rule("3.6.11")
def test_a_link_lives_as_long_as_its_appointment(follow_up, anne, julie):
    appointment = book(follow_up, anne, "09:30", julie)
    assert appointment.link_lives(appointment.end - timedelta(seconds=1))
    assert not appointment.link_lives(appointment.end)
    cancel_appointment(appointment, by=By.patient(julie.user), now=NOW)
    appointment.refresh_from_db()
    assert not appointment.link_lives(NOW)
