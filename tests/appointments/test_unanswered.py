"""Requests that nobody answers: recalled twice, and over at their start (rule 3.4)."""

from datetime import timedelta

import pytest

from maia.appointments.acts.blocking import covered
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment, unconfirm_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import By
from maia.appointments.exceptions import AlreadyBegun, AlreadyCancelled, RequestExpired
from maia.appointments.models import Appointment
from maia.appointments.unanswered import expire_request, follow_requests, recall_request
from maia.appointments.whose import give_to
from tests.conftest import NOW, THURSDAY, at, make_patient

PRACTICE = By.practice(None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = THURSDAY + timedelta(days=14)


@pytest.fixture
def asked(follow_up, anne, julie):
    """A request for two weeks later, made now."""
    follow_up.needs_confirmation = True
    follow_up.save()
    return request(follow_up, anne, julie)


def request(type, practitioner, patient, day=LATER, text="09:30", now=NOW):
    by = By.patient(patient.user)
    return book_appointment(type, practitioner, at(day, text), patient, by=by, now=now)


def acts(appointment):
    return [(entry.action, entry.actor) for entry in appointment.history.exclude(action="booked")]


RECALLED, EXPIRED = ("recalled", "maia"), ("expired", "maia")


@pytest.mark.rule("3.4.12")
def test_it_is_recalled_after_a_day_and_two_days_before_once_each(asked):
    start = asked.start
    assert follow_requests(NOW + DAY - HOUR) == 0
    assert follow_requests(NOW + DAY) == 1
    assert follow_requests(NOW + DAY) == 0
    assert follow_requests(start - 2 * DAY - HOUR) == 0
    assert follow_requests(start - 2 * DAY) == 1
    assert follow_requests(start - HOUR) == 0
    assert acts(asked) == [RECALLED, RECALLED]


def test_what_no_worker_looked_at_is_recalled_once(asked):
    assert follow_requests(asked.start - HOUR) == 1
    assert follow_requests(asked.start - HOUR / 2) == 0


def test_asked_late_it_is_not_recalled_at_once(follow_up, anne, julie):
    follow_up.needs_confirmation = True
    follow_up.save()
    late = request(follow_up, anne, julie, THURSDAY, "09:30")  # 47 hours and a half before
    assert follow_requests(NOW + HOUR) == 0
    assert follow_requests(NOW + DAY) == 1
    assert acts(late) == [RECALLED]


def test_an_answer_ends_it(asked, follow_up, anne, practice):
    confirm_appointment(asked, by=PRACTICE, now=NOW)
    gone = request(follow_up, anne, make_patient(practice, "Lina"), text="15:00")
    cancel_appointment(gone, by=PRACTICE, now=NOW)
    assert follow_requests(asked.start + DAY) == 0
    asked.refresh_from_db()
    assert asked.status == "confirmed"


def test_put_back_or_moved_by_her_it_waits_anew(asked):
    made = confirm_appointment(asked, by=PRACTICE, now=NOW)
    unconfirm_appointment(made, by=PRACTICE, now=NOW + 3 * DAY, seen=made.version)
    assert follow_requests(NOW + 3 * DAY + HOUR) == 0
    assert follow_requests(NOW + 4 * DAY) == 1
    by = By.patient(asked.patient.user)
    move_appointment(asked, at(LATER, "15:00"), by=by, now=NOW + 4 * DAY)
    assert follow_requests(NOW + 5 * DAY - HOUR) == 0
    assert follow_requests(NOW + 5 * DAY) == 1


def test_one_of_before_waits_since_it_was_made(asked):
    Appointment.objects.update(waits_since=None)
    assert follow_requests(NOW + DAY) == 1


def test_a_page_open_meanwhile_is_not_out_of_date(asked):
    before = asked.version
    follow_requests(NOW + DAY)
    cancelled = cancel_appointment(asked, by=PRACTICE, now=NOW + DAY, seen=before)
    assert cancelled.status == "cancelled"


@pytest.mark.rule("3.4.13")
def test_at_its_start_it_expires_and_frees_the_time(asked, follow_up, anne, practice):
    assert not expire_request(asked, asked.start - timedelta(seconds=1))
    follow_requests(asked.start)
    ended = Appointment.objects.get(pk=asked.pk)
    assert (ended.status, ended.expired) == ("cancelled", True)
    assert ended.sequence == asked.sequence + 1
    assert acts(asked)[-1] == EXPIRED
    assert not ended.event.blocking
    assert follow_requests(asked.start + DAY) == 0
    with pytest.raises(AlreadyCancelled):
        confirm_appointment(asked, by=PRACTICE, now=asked.start)
    again = make_patient(practice, "Lina")
    book_appointment(follow_up, anne, asked.start, again, by=PRACTICE, now=asked.start)


@pytest.mark.rule("3.4.13")
@pytest.mark.parametrize("looked", [False, True])
def test_from_its_start_on_it_is_neither_confirmed_nor_declined(asked, looked):
    """Whether a worker has looked already, or not yet."""
    start = asked.start
    if looked:
        follow_requests(start)
    before = Appointment.objects.values().get(pk=asked.pk)
    for act in (confirm_appointment, cancel_appointment):
        for seen in (None, asked.version):
            with pytest.raises(RequestExpired):
                act(asked, by=PRACTICE, now=start, seen=seen)
    with pytest.raises(RequestExpired):
        unconfirm_appointment(asked, by=PRACTICE, now=start, seen=before["version"])
    assert Appointment.objects.values().get(pk=asked.pk) == before
    assert covered(asked.practitioner, [(start, asked.end)], start) == []


@pytest.mark.rule("3.4.13")
def test_nothing_waits_for_a_yes_in_what_has_begun(asked, follow_up, anne, practice):
    made = confirm_appointment(asked, by=PRACTICE, now=NOW)
    with pytest.raises(AlreadyBegun):
        unconfirm_appointment(made, by=PRACTICE, now=made.start, seen=made.version)
    waits = {"by": PRACTICE, "now": NOW, "unconfirmed": True}
    patient = make_patient(practice, "Lina")
    with pytest.raises(AlreadyBegun):
        book_appointment(follow_up, anne, NOW - DAY, patient, **waits)
    ahead = book_appointment(follow_up, anne, NOW + DAY, patient, **waits)
    with pytest.raises(AlreadyBegun):
        move_appointment(ahead, NOW - HOUR, by=PRACTICE, now=NOW)


def test_moved_meanwhile_it_does_not(
    asked,
):
    stale = Appointment.objects.with_details().get(pk=asked.pk)
    move_appointment(asked, at(LATER, "15:00"), by=PRACTICE, now=NOW)
    assert not expire_request(stale, stale.start)
    assert not recall_request(stale, NOW)


def test_given_to_a_colleague_meanwhile_it_waits_for_the_next_look(asked, practice, anne):
    stale = Appointment.objects.with_details().get(pk=asked.pk)
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad")
    move_appointment(asked, asked.start, practitioner=colleague, by=PRACTICE, now=NOW)
    assert not recall_request(stale, NOW + DAY)
    assert not expire_request(stale, stale.start)
    assert follow_requests(stale.start) == 1


@pytest.mark.rule("3.4.12")
def test_what_has_expired_is_not_moved_before_a_worker_has_said_so(asked, anne, julie):
    """Nor given to another time by taking a move back, nor to another patient."""
    start = asked.start
    moved = move_appointment(asked, start + HOUR, by=PRACTICE, now=NOW)
    over = moved.start
    with pytest.raises(RequestExpired):
        move_appointment(moved, over + DAY, by=PRACTICE, now=over)
    with pytest.raises(RequestExpired):
        undo_move(moved, by=PRACTICE, now=over, seen=moved.version, wait=HOUR)
    with pytest.raises(RequestExpired):
        give_to(moved, make_patient(anne.practice, "Zoé"), by=PRACTICE, now=over)
    span = (over - HOUR, over + HOUR)
    assert covered(anne, [span], over) == []
    assert covered(anne, [span], over - HOUR / 2) == [moved]
