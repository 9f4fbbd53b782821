"""A patient invited to book a step of her pathway (rule 3.9.6)."""

from datetime import timedelta

import pytest

from maia.accounts.limits import LIMITS, Limited, TooOften
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.messaging.to_book import CannotInvite, invite_to_book
from maia.patients.models import Patient
from maia.privacy.erasing import erase_patient
from tests.appointments.test_windows import DUE
from tests.conftest import NOW, at, make_patient
from tests.messaging.test_delivery import work

DAY = timedelta(days=1)


@pytest.fixture
def mona(practice):
    return make_patient(practice, "Mona", email="mona@patiente.example", due_date=DUE)


@pytest.fixture
def step(practice, anne, follow_up):
    return practice.pathway.create(type=follow_up, name="Examen du 4ᵉ mois", first=9, last=12)


def why_not(*args, **kwargs):
    with pytest.raises(CannotInvite) as refusal:
        invite_to_book(*args, **kwargs)
    return refusal.value.code


@pytest.mark.rule("3.9.6")
def test_the_email_leads_to_the_times_and_its_subject_tells_nothing(mona, step, smtp):
    invite_to_book(mona, step, now=NOW)
    work()
    (mail,) = smtp.taken
    assert mail["To"] == "mona@patiente.example"
    assert mail["Subject"].strip() == "Cabinet des Tilleuls vous invite à prendre rendez-vous"
    text = mail.get_body(("plain",)).get_content()
    assert "Examen du 4ᵉ mois, entre le 30 novembre et le 27 décembre." in text
    assert f"/tilleuls/book/{step.type_id}/?from=2026-12-01" in text
    html = mail.get_body(("html",)).get_content()
    assert f"/tilleuls/book/{step.type_id}/?from=2026-12-01" in html
    sent = Message.objects.get()
    assert (sent.status, sent.to, sent.patient) == ("sent", "mona@patiente.example", mona)


@pytest.mark.rule("3.9.6")
def test_once_a_day_for_one_step(mona, step, practice, follow_up):
    invite_to_book(mona, step, now=NOW)
    assert why_not(mona, step, now=NOW) == "today"
    other = practice.pathway.create(type=follow_up, first=10, last=12)
    invite_to_book(mona, other, now=NOW)
    invite_to_book(mona, step, now=NOW + DAY)
    assert Message.objects.count() == 3


@pytest.mark.rule("3.9.6")
def test_what_is_not_to_be_booked_is_not_written_of(mona, step, anne, practice):
    nobody = make_patient(practice, "Nina")
    assert why_not(nobody, step, now=NOW) == "step_over"  # nobody knows when
    assert why_not(mona, step, now=NOW + 60 * DAY) == "step_over"
    Patient.objects.filter(pk=mona.pk).update(online_booking_barred=True)
    assert why_not(mona, step, now=NOW) == "barred"
    Patient.objects.filter(pk=mona.pk).update(online_booking_barred=False, email="")
    assert why_not(mona, step, now=NOW) == "no_address"
    step.type.allow_online_booking = False
    assert why_not(mona, step, now=NOW) == "not_online"
    assert not Message.objects.exists()


@pytest.mark.rule("3.9.6")
def test_it_is_judged_again_before_it_leaves(mona, step, anne, follow_up, smtp):
    invite_to_book(mona, step, now=NOW)
    by, start = By.practice(None), at(NOW.date(), "15:00")
    book_appointment(follow_up, anne, start, mona, by=by, now=NOW)
    work()
    kinds = {message.kind: message for message in Message.objects.all()}
    assert kinds["to_book"].status == "dropped"
    assert kinds["to_book"].error == "booked_since"
    assert all("invite" not in mail["Subject"] for mail in smtp.taken)


def test_a_step_that_is_gone_and_a_record_that_is_erased(mona, step, smtp):
    invite_to_book(mona, step, now=NOW)
    step.delete()
    work()
    assert Message.objects.get().error == "step_removed"
    erase_patient(mona, now=NOW)
    assert smtp.taken == []
    assert not Message.objects.filter(to__contains="mona").exists()


def test_a_practice_invites_so_many_a_day(mona, step, monkeypatch, practice, follow_up):
    monkeypatch.setitem(LIMITS, Limited.INVITE_TO_BOOK, [(1, DAY)])
    invite_to_book(mona, step, now=NOW)
    other = practice.pathway.create(type=follow_up, first=10, last=12)
    with pytest.raises(TooOften):
        invite_to_book(mona, other, now=NOW)
    assert Message.objects.count() == 1
