"""Through the pages: what was owed before a drag that is undone leaves, and no stale yes is taken."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from tests.conftest import NOW, THURSDAY, at
from tests.messaging.test_delivery import work

JSON = {"Accept": "application/json"}
WORD = {"telling_shown": "on", "tell_patient": "on", "word": "À jeudi !"}


def url(name, appointment):
    return reverse(f"office:{name}", args=[appointment.pk])


def dragged_and_undone(owner, appointment):
    appointment.refresh_from_db()
    typed = {"date": "2026-12-03", "time": "15:00", "version": appointment.version}
    said = owner.post(url("move", appointment), typed, headers=JSON).json()
    work()
    back = owner.post(said["undo"], {"version": said["version"]}, headers=JSON)
    assert back.status_code == 200
    work(NOW + timedelta(minutes=1))


def sent(kind):
    return list(Message.objects.filter(kind=kind, status="sent").values_list("subject", flat=True))


def booked(follow_up, anne, julie, by=None, **how):
    by = by or By.practice(None)
    return book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW, **how)


@pytest.mark.rule("3.6.17")
def test_her_confirmation_leaves(owner, anne, follow_up, julie, smtp):
    dragged_and_undone(owner, booked(follow_up, anne, julie))
    assert [subject[-5:] for subject in sent("confirmation")] == ["09:30"]
    assert sent("moved") == []


def test_a_move_from_the_sheet_is_told(owner, anne, follow_up, julie, smtp):
    made = booked(follow_up, anne, julie)
    work()
    typed = {"date": "2026-12-03", "time": "14:00", "version": made.version} | WORD
    assert owner.post(url("move", made), typed).status_code == 302
    dragged_and_undone(owner, made)
    assert [subject[-5:] for subject in sent("moved")] == ["14:00"]


def test_a_yes_is_told_with_its_word(owner, anne, follow_up, julie, smtp):
    made = booked(follow_up, anne, julie, unconfirmed=True)
    work()
    answer = owner.post(url("answer_request", made), WORD | {"version": made.version})
    assert answer.status_code == 302
    dragged_and_undone(owner, made)
    assert len(sent("confirmed")) == 1
    assert "À jeudi !" in Message.objects.get(kind="confirmed").body


def test_an_online_booking_is_told_to_both(owner, anne, follow_up, julie, smtp):
    dragged_and_undone(owner, booked(follow_up, anne, julie, By.patient(julie.user)))
    assert [subject[-5:] for subject in sent("confirmation") + sent("notice")] == ["09:30"] * 2


@pytest.mark.rule("3.6.16")
def test_moved_without_telling_the_confirmation_says_the_new_time(
    owner, anne, follow_up, julie, smtp
):
    made = booked(follow_up, anne, julie)
    silent = {"telling_shown": "on", "date": "2026-12-03", "time": "15:00", "version": made.version}
    owner.post(url("move", made), silent)
    work()
    assert [subject[-5:] for subject in sent("confirmation")] == ["15:00"]


@pytest.mark.rule("3.12.8")
@pytest.mark.parametrize("page", ["confirm", "answer_request"])
def test_a_time_that_nobody_has_read_is_not_confirmed(owner, anne, follow_up, julie, page):
    made = booked(follow_up, anne, julie, unconfirmed=True)
    move_appointment(made, at(THURSDAY, "15:00"), by=By.patient(julie.user), now=NOW)
    for version in (made.version, "", "x"):
        answer = owner.post(url(page, made), {"version": version}, follow=True)
        assert "a modifié ce rendez-vous entre-temps" in answer.content.decode()
        made.refresh_from_db(fields=["status"])
        assert made.status == "unconfirmed"
    made.refresh_from_db()
    assert (
        f'name="version" value="{made.version}"' in owner.get(url("sheet", made)).content.decode()
    )
    owner.post(url(page, made), {"version": made.version})
    made.refresh_from_db()
    assert made.status == "confirmed"
