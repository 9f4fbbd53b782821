"""One person is not in two places (rule 3.4)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import By
from maia.appointments.exceptions import PatientBusy, SlotTaken
from maia.appointments.models import Appointment
from maia.appointments.slots import Slot, free_for, nearest_free
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

PRACTICE = By.practice(None)


@pytest.fixture
def ines(practice):
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad", position=1)
    Schedule.objects.create(practitioner=colleague).write(dict.fromkeys(range(7), [(540, 720)]))
    return colleague


def take(type, who, text, patient, by=None, **how):
    by = by or By.patient(patient.user)
    return book_appointment(type, who, at(THURSDAY, text), patient, by=by, now=NOW, **how)


@pytest.mark.rule("3.4.14")
def test_online_she_books_no_second_one_at_that_time(practice, anne, ines, follow_up, julie):
    hour = make_type(practice, "Préparation", 60)
    first = take(hour, anne, "10:00", julie)
    for text in ("10:00", "10:30"):
        with pytest.raises(PatientBusy) as refused:
            take(follow_up, ines, text, julie)
        assert refused.value.appointment == first
    take(follow_up, ines, "09:30", julie)
    take(follow_up, ines, "11:00", julie)  # back to back


def test_a_request_counts_and_a_cancelled_one_does_not(anne, ines, follow_up, julie):
    asked = take(follow_up, anne, "10:00", julie, by=PRACTICE, unconfirmed=True)
    with pytest.raises(PatientBusy):
        take(follow_up, ines, "10:00", julie)
    cancel_appointment(asked, by=PRACTICE, now=NOW)
    take(follow_up, ines, "10:00", julie)


def test_her_own_slot_is_not_somebody_elses(anne, follow_up, julie):
    take(follow_up, anne, "10:00", julie)
    with pytest.raises(PatientBusy):
        take(follow_up, anne, "10:00", julie, request_key=uuid4())


def test_the_same_submission_again_is_the_same_appointment(anne, follow_up, julie):
    key = uuid4()
    first = take(follow_up, anne, "10:00", julie, request_key=key)
    assert take(follow_up, anne, "10:00", julie, request_key=key) == first


def test_another_record_is_another_person(practice, anne, ines, follow_up, julie):
    baby = make_patient(practice, "Nino", None, email="")
    take(follow_up, anne, "10:00", julie)
    take(follow_up, ines, "10:00", baby, by=PRACTICE)


def test_moving_is_held_to_it_too(anne, ines, follow_up, julie):
    take(follow_up, anne, "10:00", julie)
    other = take(follow_up, ines, "11:00", julie)
    with pytest.raises(PatientBusy):
        move_appointment(other, at(THURSDAY, "10:00"), by=By.patient(julie.user), now=NOW)
    with pytest.raises(PatientBusy):
        move_appointment(other, at(THURSDAY, "10:15"), by=PRACTICE, now=NOW)
    other.refresh_from_db()
    assert other.start == at(THURSDAY, "11:00")
    move_appointment(other, at(THURSDAY, "10:15"), by=PRACTICE, now=NOW, allow_overlap=True)
    moved = Appointment.objects.get(pk=other.pk)
    assert moved.event.exclusive  # nothing else stands in that agenda


def test_the_practice_is_told_and_may_mean_it(anne, ines, follow_up, julie):
    take(follow_up, anne, "10:00", julie)
    with pytest.raises(PatientBusy):
        take(follow_up, ines, "10:00", julie, by=PRACTICE)
    meant = take(follow_up, ines, "10:00", julie, by=PRACTICE, allow_overlap=True)
    # What she has decided once is not asked again when something else changes.
    longer = move_appointment(
        meant, meant.start, end=meant.end + timedelta(minutes=5), by=PRACTICE, now=NOW
    )
    away = move_appointment(longer, at(THURSDAY, "11:00"), by=PRACTICE, now=NOW)
    undo_move(away, by=PRACTICE, now=NOW, seen=away.version, wait=timedelta(0))


def test_what_somebody_else_has_is_said_first(practice, anne, ines, follow_up, julie):
    take(follow_up, anne, "10:00", make_patient(practice, "Lina"), by=PRACTICE)
    take(follow_up, ines, "10:00", julie)
    with pytest.raises(SlotTaken):
        take(follow_up, anne, "10:00", julie, by=PRACTICE)


def test_the_nearest_times_are_those_at_which_she_is_free(anne, ines, follow_up, julie):
    first = take(follow_up, anne, "10:00", julie)
    nearest = nearest_free(follow_up, [ines], first.start, now=NOW, patient=julie)
    assert len(nearest) == 6
    assert first.start not in [slot.start for slot in nearest]
    there = [Slot(first.start, first.end, ines)]
    assert free_for(follow_up, julie, there, now=NOW) == []
    assert free_for(follow_up, julie, there, now=NOW, without=first.event) == there
