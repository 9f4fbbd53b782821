"""An appointment noted for the wrong person: who is told what (rule 3.12)."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By, Telling
from maia.appointments.exceptions import (
    AlreadyCancelled,
    ChangedMeanwhile,
    PatientBusy,
    TooLate,
)
from maia.appointments.models import Appointment
from maia.appointments.whose import give_to
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.patients.models import RecordErased
from maia.practices.models import PlaceKind
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.messaging.test_delivery import work

PRACTICE = By.practice(None)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lina(practice):
    return make_patient(practice, "Lina", email="lina@patiente.example")


@pytest.fixture
def noted(follow_up, anne, julie):
    return book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=PRACTICE, now=NOW)


def give(appointment, patient, now=NOW + MINUTE, **how):
    return give_to(appointment, patient, by=PRACTICE, now=now, **how)


def mail_of(smtp, name):
    return [mail for mail in smtp.taken if name in mail["To"]]


def read(mail):
    return mail.get_body(("plain",)).get_content()


@pytest.mark.rule("3.12.10")
def test_it_is_hers_from_then_on(noted, lina):
    link = noted.link_token
    given = give(noted, lina)
    assert (given.patient, given.sequence) == (lina, 1)
    assert given.link_token != link
    last = given.history.last()
    assert (last.action, last.old_patient.first_name) == ("given", "Julie")
    assert give(given, lina).version == given.version


def test_what_nobody_had_read_yet_nobody_reads(noted, lina, smtp):
    give(noted, lina)
    work(NOW + MINUTE)
    assert mail_of(smtp, "julie") == []
    (mail,) = mail_of(smtp, "lina")
    assert "Votre rendez-vous du jeudi" in mail["Subject"]
    assert "Bonjour Lina," in read(mail)


def test_who_had_been_told_reads_that_it_is_cancelled(noted, lina, smtp, practice):
    work()
    give(noted, lina, telling=Telling(words="Pardon, c’est notre erreur."))
    work(NOW + MINUTE)
    mail = mail_of(smtp, "julie")[-1]
    assert "est annulé" in mail["Subject"]
    assert "Bonjour Julie," in read(mail)
    assert "c’est notre erreur" in read(mail)
    (calendar,) = [part.get_content() for part in mail.iter_attachments()]
    assert "METHOD:CANCEL" in calendar
    assert "julie@patiente.example" in calendar
    assert "lina" not in calendar + read(mail)
    (other,) = mail_of(smtp, "lina")
    assert "notre erreur" not in read(other)
    assert "julie" not in read(other).lower()


def test_unless_the_practice_would_rather_call(noted, lina, smtp):
    work()
    before = len(mail_of(smtp, "julie"))
    give(noted, lina, telling=Telling(tell=False))
    work(NOW + MINUTE)
    assert len(mail_of(smtp, "julie")) == before
    assert len(mail_of(smtp, "lina")) == 1


def test_a_visit_at_home_says_no_address_of_the_other_one(follow_up, anne, julie, lina, smtp):
    follow_up.place = PlaceKind.HOME
    follow_up.save()
    for who, street in ((julie, "1 rue Basse"), (lina, "9 rue Haute")):
        who.street, who.postcode, who.city = street, "35000", "Rennes"
        who.save()
    start = at(THURSDAY, "09:30")
    made = book_appointment(follow_up, anne, start, julie, by=PRACTICE, now=NOW)
    work()
    give(made, lina)
    work(NOW + MINUTE)
    assert "rue Haute" not in read(mail_of(smtp, "julie")[-1])
    assert "9 rue Haute" in read(mail_of(smtp, "lina")[-1])


def test_only_she_is_reminded(noted, lina, smtp):
    work()
    give(noted, lina)
    work(NOW + MINUTE)
    eve = at(THURSDAY - timedelta(days=1), "14:05")
    work(eve)
    reminders = [mail for mail in smtp.taken if mail["Subject"].startswith("Rappel")]
    assert [mail["To"] for mail in reminders] == ["lina@patiente.example"]


def test_given_back_it_is_the_first_ones_again(noted, lina, julie, smtp):
    work()
    give(noted, lina)
    give(noted, julie, now=NOW + 2 * MINUTE)
    work(NOW + 3 * MINUTE)
    assert mail_of(smtp, "lina") == []
    assert not any("annulé" in mail["Subject"] for mail in mail_of(smtp, "julie"))
    work(at(THURSDAY - timedelta(days=1), "14:05"))
    assert mail_of(smtp, "julie")[-1]["Subject"].startswith("Rappel")


def test_a_message_that_waits_meanwhile_is_dropped(noted, lina, smtp):
    announce(NOW)
    give(noted, lina)
    work(NOW + MINUTE)
    assert mail_of(smtp, "julie") == []
    dropped = Message.objects.filter(patient=noted.patient, kind="confirmation").get()
    assert (dropped.status, dropped.error) == ("dropped", "another_patient")


def test_what_is_refused(noted, lina, julie, follow_up, anne, practice):
    with pytest.raises(TooLate):
        give(noted, lina, now=NOW + timedelta(minutes=61))
    with pytest.raises(ChangedMeanwhile):
        give(noted, lina, seen=noted.version + 1)
    Appointment.objects.filter(pk=noted.pk).update(booked_online=True)
    with pytest.raises(TooLate):
        give(noted, lina)
    Appointment.objects.filter(pk=noted.pk).update(booked_online=False)
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad")
    book_appointment(follow_up, colleague, noted.start, lina, by=PRACTICE, now=NOW)
    with pytest.raises(PatientBusy):
        give(noted, lina)
    assert give(noted, lina, allow_overlap=True).patient == lina
    Appointment.objects.filter(pk=noted.pk).update(status="cancelled")
    with pytest.raises(AlreadyCancelled):
        give(noted, julie)
    soon = book_appointment(
        follow_up, anne, NOW + 5 * MINUTE, lina, by=PRACTICE, now=NOW, allow_overlap=True
    )
    with pytest.raises(TooLate):
        give(soon, julie, now=NOW + 6 * MINUTE)
    julie.erased_at = NOW
    julie.save()
    with pytest.raises(RecordErased):
        give(soon, julie)
