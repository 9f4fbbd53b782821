"""A record with appointments to come is erased from one page: they are cancelled there, all at once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_several
from maia.appointments.agenda import By
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.privacy.erasing import erase_patient
from tests.conftest import NOW, THURSDAY, at
from tests.pages import on_one_line, shown

CANCELLED = Appointment.Status.CANCELLED


@pytest.fixture
def ahead(anne, follow_up, julie):
    how = {"by": By.practice(None), "now": NOW}
    booked = [
        book_appointment(follow_up, anne, at(THURSDAY, time), julie, **how)
        for time in ("09:00", "10:00", "11:00")
    ]
    announce(NOW)
    Message.objects.update(status="sent", sent_at=NOW)  # she knows of them
    return booked


@pytest.fixture
def address(julie):
    return reverse("office:erase", args=[julie.pk])


def statuses(ahead):
    return {Appointment.objects.get(pk=one.pk).status for one in ahead}


def to_her():
    announce(NOW)
    return Message.objects.filter(kind="cancelled", recipient="patient")


def form_of(owner, address):
    typed = shown(owner, address)
    return typed | {"cancel": "", "shown": ids_of(owner, address)}


def ids_of(owner, address):
    rows = owner.get(address).context["ahead"]
    return [f"{one.pk}:{one.version}" for one in rows]


@pytest.mark.rule("3.5.10")
def test_all_are_cancelled_then_it_is_erased(owner, ahead, address, julie):
    page = on_one_line(owner.get(address).content.decode())
    assert "Annuler ces 3 rendez-vous" in page
    for time in ("09:00", "10:00", "11:00"):
        assert time in page
    typed = form_of(owner, address) | {"word": "Nous fermons."}
    answer = owner.post(address, typed, follow=True)
    assert statuses(ahead) == {CANCELLED}
    entry = HistoryEntry.objects.filter(appointment=ahead[0]).latest("pk")
    assert (entry.action, entry.user, entry.words) == (
        "cancelled", answer.wsgi_request.user, "Nous fermons.",
    )  # fmt: skip
    page = on_one_line(answer.content.decode())
    assert "Les 3 rendez-vous sont annulés." in page
    assert "3 messages d’annulation ne sont pas encore partis" in page
    # The same once they are written, and none once they have left.
    assert to_her().count() == 3
    assert "3 messages d’annulation" in on_one_line(owner.get(address).content.decode())
    to_her().update(status="sent", sent_at=NOW)
    assert "messages d’annulation" not in owner.get(address).content.decode()
    assert owner.post(address, {"understood": "on"}).status_code == 302
    julie.refresh_from_db()
    assert julie.erased_at is not None


def test_without_a_word_to_her(owner, ahead, address):
    typed = form_of(owner, address)
    typed.pop("tell_patient", None)
    page = owner.post(address, typed, follow=True).content.decode()
    assert statuses(ahead) == {CANCELLED}
    assert not to_her().exists()
    assert "pas encore parti" not in page


def test_what_was_booked_meanwhile_is_shown_first(owner, ahead, address, anne, follow_up, julie):
    typed = form_of(owner, address)
    how = {"by": By.practice(None), "now": NOW}
    new = book_appointment(follow_up, anne, at(THURSDAY, "14:00"), julie, **how)
    answer = owner.post(address, typed)
    assert answer.status_code == 422
    page = on_one_line(answer.content.decode())
    assert "14:00" in page
    assert "Annuler ces 4 rendez-vous" in page
    assert CANCELLED not in statuses([*ahead, new])


def test_a_word_that_is_too_long_cancels_nothing(owner, ahead, address):
    answer = owner.post(address, form_of(owner, address) | {"word": "a" * 2000})
    assert answer.status_code == 422
    assert CANCELLED not in statuses(ahead)


def test_the_box_is_asked_as_before(owner, ahead, address, julie):
    owner.post(address, form_of(owner, address))
    assert owner.post(address, {}).status_code == 422
    julie.refresh_from_db()
    assert julie.erased_at is None


@pytest.mark.rule("3.5.10")
def test_all_or_none(ahead):
    shown = [(one, one.version) for one in ahead[:2]] + [(ahead[2], ahead[2].version + 1)]
    with pytest.raises(ChangedMeanwhile):
        cancel_several(shown, by=By.practice(None), now=NOW)
    assert CANCELLED not in statuses(ahead)


@pytest.mark.rule("3.5.10")
def test_one_click_twice_cancels_once(owner, ahead, address):
    typed = form_of(owner, address)
    for _again in range(2):
        assert owner.post(address, typed).status_code == 302
    assert to_her().count() == 3


@pytest.mark.rule("3.5.10")
def test_how_many_emails_leave_is_said(owner, ahead, address):
    page = on_one_line(owner.get(address).content.decode())
    assert "3 e-mails partiront à julie@patiente.example." in page
    assert "Un e-mail partira" not in page
    for one in ahead[:2]:
        cancel_several([(one, one.version)], by=By.practice(None), now=NOW)
    page = on_one_line(owner.get(address).content.decode())
    assert "Un e-mail partira à julie@patiente.example." in page


def begin(appointment):
    """A request that nobody answered has begun, and has not ended."""
    Appointment.objects.filter(pk=appointment.pk).update(status="unconfirmed")
    begun, ends = NOW - timedelta(minutes=5), NOW + timedelta(minutes=25)
    Event.objects.filter(pk=appointment.event_id).update(start=begun, end=ends)


@pytest.mark.rule("3.5.10")
def test_a_request_whose_start_has_come_is_not_said_to_be_cancelled(owner, ahead, address):
    begin(ahead[0])
    page = on_one_line(owner.get(address).content.decode())
    assert "Annuler ces 2 rendez-vous" in page
    assert "2 e-mails partiront" in page
    page = owner.post(address, form_of(owner, address), follow=True).content.decode()
    assert "Les 2 rendez-vous sont annulés." in on_one_line(page)
    ahead[0].refresh_from_db()
    assert ahead[0].status == "unconfirmed"  # it ends by itself


@pytest.mark.rule("3.5.10")
def test_pressed_once_its_start_has_come_nothing_is_said_to_be_cancelled(owner, ahead, address):
    for one in ahead[1:]:
        cancel_several([(one, one.version)], by=By.practice(None), now=NOW)
    typed = form_of(owner, address)
    begin(ahead[0])
    answer = owner.post(address, typed, follow=True)
    assert answer.status_code == 200
    assert not answer.context["messages"]


@pytest.mark.rule("3.5.10")
def test_a_request_whose_start_has_come_holds_no_record(ahead, julie):
    for one in ahead[1:]:
        cancel_several([(one, one.version)], by=By.practice(None), now=NOW)
    begin(ahead[0])
    erase_patient(julie, now=NOW)
    julie.refresh_from_db()
    assert julie.erased_at is not None
