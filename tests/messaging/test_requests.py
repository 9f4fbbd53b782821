"""A request is never written as an appointment, until the practice has said yes (rule 3.6)."""

from datetime import timedelta

import pytest

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment, unconfirm_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from tests.conftest import NOW, THURSDAY, at
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book

PRACTICE = By.practice(None)


@pytest.fixture
def request_(follow_up, anne, julie):
    follow_up.needs_confirmation = True
    follow_up.save()
    return book(follow_up, anne, julie)


def last(smtp):
    """Subject, text and calendar of what she got last."""
    mail = [m for m in smtp.taken if "julie" in m["To"]][-1]
    calendars = [part.get_content() for part in mail.iter_attachments()]
    return mail["Subject"], mail.get_body(("plain",)).get_content(), calendars


@pytest.mark.rule("3.6.8")
def test_it_is_called_a_request_and_invites_to_nothing(request_, smtp):
    work()
    subject, text, calendars = last(smtp)
    assert "demande" in subject
    assert "Votre demande a bien été reçue" in text or "demande" in text
    assert calendars == []
    notice = next(m for m in smtp.taken if "anne" in m["To"])
    assert "Demande de rendez-vous" in notice["Subject"]


def test_moved_or_cancelled_it_stays_one(request_, smtp):
    work()
    moved = move_appointment(request_, at(THURSDAY, "15:00"), by=PRACTICE, now=NOW)
    work()
    subject, text, calendars = last(smtp)
    assert "demande" in subject
    assert "confirmera" in text
    assert calendars == []
    cancel_appointment(moved, by=PRACTICE, now=NOW)
    work()
    subject, text, calendars = last(smtp)
    assert "demande" in subject
    assert (
        subject
        == "Votre demande de rendez-vous du jeudi 3 décembre 2026 à 15:00 n’a pas été acceptée"
    )
    assert "n’a pas pu accepter" in text
    assert "annulé" not in text
    assert calendars == []


def test_the_yes_brings_the_invitation(request_, smtp):
    work()
    confirm_appointment(request_, by=PRACTICE, now=NOW)
    work()
    subject, _text, (calendar,) = last(smtp)
    assert "confirmé" in subject
    assert "METHOD:REQUEST" in calendar
    assert "STATUS:CONFIRMED" in calendar
    assert "SEQUENCE:1" in calendar  # one more than the request, and no more
    cancel_appointment(request_, by=PRACTICE, now=NOW)
    work()
    subject, _text, (calendar,) = last(smtp)
    assert "demande" not in subject
    assert "METHOD:CANCEL" in calendar


def test_put_back_and_moved_its_invitation_is_withdrawn(follow_up, anne, julie, smtp):
    made = book(follow_up, anne, julie)
    work()
    back = unconfirm_appointment(made, by=PRACTICE, now=NOW, seen=made.version)
    moved = move_appointment(back, at(THURSDAY, "15:00"), by=PRACTICE, now=NOW)
    work()
    subject, _text, (calendar,) = last(smtp)
    assert "demande" in subject
    assert "METHOD:CANCEL" in calendar
    assert "STATUS:CANCELLED" in calendar
    confirm_appointment(moved, by=PRACTICE, now=NOW)
    work()
    assert "METHOD:REQUEST" in last(smtp)[2][0]


def test_a_yes_that_was_taken_back_before_it_left_is_not_sent(request_, smtp):
    sure = confirm_appointment(request_, by=PRACTICE, now=NOW)
    unconfirm_appointment(sure, by=PRACTICE, now=NOW, seen=sure.version)
    work()
    told = Message.objects.get(kind="confirmed")
    assert (told.status, told.error) == ("dropped", "unconfirmed")
    assert all("est confirmé" not in m["Subject"] for m in smtp.taken)


def test_by_sms_as_well(request_, julie, smtp, sms):
    julie.mobile, julie.email = "+33639980001", ""
    julie.save()
    work()
    moved = move_appointment(request_, at(THURSDAY, "15:00"), by=PRACTICE, now=NOW)
    work()
    cancel_appointment(moved, by=PRACTICE, now=NOW + timedelta(minutes=1))
    work()
    for taken in sms.taken:
        text = taken["body"]["body"]["text"]
        assert "demande" in text
        assert "rendez-vous" not in text
    assert len(sms.taken) == 2
