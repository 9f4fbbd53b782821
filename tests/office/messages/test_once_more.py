"""What has left is sent once more: asked first, judged again, a message of its own, not without end."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from maia.accounts.limits import TooOften
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.resolving import CannotResend, NoLongerTrue, once_more
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at
from tests.messaging.test_delivery import work
from tests.pages import fields_of, on_one_line, shown


@pytest.fixture
def booked(anne, follow_up, julie):
    how = {"by": By.practice(None), "now": NOW}
    return book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, **how)


@pytest.fixture
def sent(booked):
    announce(NOW)
    message = Message.objects.get(kind="confirmation")
    message.status, message.sent_at, message.to, message.body = (
        "sent",
        NOW,
        "old@x.example",
        "Bonjour",
    )
    message.save()
    return message


@pytest.fixture
def address(sent):
    return reverse("office:change_message", args=[sent.pk, "resend"])


def others():
    return Message.objects.filter(key__startswith="again:")


@pytest.mark.rule("3.6.3")
def test_another_one_leaves_and_the_first_stays_as_it_was(sent, smtp, julie):
    other = once_more(sent, NOW)
    assert (other.kind, other.channel, other.status) == ("confirmation", "email", "queued")
    work()
    other.refresh_from_db()
    sent.refresh_from_db()
    assert (other.status, other.to) == ("sent", julie.email)
    assert (sent.to, sent.body, sent.sent_at) == ("old@x.example", "Bonjour", NOW)


@pytest.mark.rule("3.6.3")
def test_nothing_that_is_no_longer_true(sent, booked):
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    with pytest.raises(NoLongerTrue) as refused:
        once_more(sent, NOW)
    assert refused.value.code == "cancelled_since"
    assert not others().exists()


@pytest.mark.rule("3.6.3")
def test_a_reminder_by_sms_as_well(owner, sent, booked, julie, settings):
    settings.SMS_URL = "console://"
    julie.mobile = "+33639981234"
    julie.save()
    booked.sms_reminder = True
    booked.save()
    how = {"kind": "reminder", "channel": "sms", "key": "r", "occurrence": booked.start}
    reminder = Message.objects.create(
        practice=booked.practice, appointment=booked, patient=julie, recipient="patient",
        due_at=NOW, try_after=NOW, status="sent", sent_at=NOW, segments=2, **how,
    )  # fmt: skip
    asked = owner.post(reverse("office:change_message", args=[reminder.pk, "resend"]))
    assert "Rappel · SMS, à 06 39 98 12 34." in asked.content.decode()
    other = once_more(reminder, NOW)
    assert (other.kind, other.channel, other.segments) == ("reminder", "sms", 0)
    booked.sms_reminder = False
    booked.save()
    with pytest.raises(NoLongerTrue):
        once_more(reminder, NOW)


@pytest.mark.parametrize("status", ["queued", "sending", "failed", "uncertain", "dropped"])
def test_only_what_has_left(sent, status):
    sent.status = status
    with pytest.raises(CannotResend):
        once_more(sent, NOW)


def test_five_a_day_of_one_appointment(sent):
    for _each in range(5):
        once_more(sent, NOW)
    with pytest.raises(TooOften):
        once_more(sent, NOW)
    assert others().count() == 5
    once_more(sent, NOW + timedelta(days=1))


@pytest.mark.rule("3.6.3")
def test_the_page_asks_first_and_says_to_whom(owner, sent, address, julie):
    page = on_one_line(owner.get(reverse("office:message", args=[sent.pk])).content.decode())
    assert "Renvoyer" in page
    key = str(uuid4())
    asked = owner.post(address, {"request_key": key})
    words = on_one_line(asked.content.decode())
    assert "Renvoyer ce message ?" in words
    assert f"Confirmation · e-mail, à {julie.email}." in words
    assert not others().exists()
    typed = fields_of(asked.content.decode())
    assert (typed["yes"], typed["request_key"]) == ("1", key)
    for _twice in range(2):
        assert owner.post(address, typed).status_code == 302
    assert others().count() == 1
    line = JournalEntry.objects.get(act="sent_again")
    assert line.patient == julie


@pytest.mark.rule("3.6.3")
def test_the_page_says_why_not(owner, sent, booked, address):
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    for typed in ({}, {"yes": "1"}):
        page = owner.post(address, typed, follow=True).content.decode()
        assert "Il ne repart pas\u00a0: le rendez-vous a été annulé." in page
    assert not others().exists()
    assert not JournalEntry.objects.filter(act="sent_again").exists()


def test_from_the_sheet_and_back(owner, sent, booked, address):
    sheet = reverse("office:sheet", args=[booked.pk])
    page = owner.get(sheet).content.decode()
    assert address in page
    assert shown(owner, sheet)["next"] == sheet
    answer = owner.post(address, {"yes": "1", "next": sheet})
    assert answer["Location"] == sheet


def test_the_sixth_is_refused_in_words(owner, sent, address):
    for _each in range(5):
        once_more(sent, NOW)
    assert owner.post(address, {"yes": "1"}).status_code == 429


def test_of_another_practice_there_is_none(sign_in, team, elsewhere, sent, address):
    stranger = sign_in(elsewhere["owner"])
    assert stranger.post(address, {"yes": "1"}).status_code == 404
    assert not others().exists()
