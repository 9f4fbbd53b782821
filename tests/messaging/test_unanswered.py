"""What is written about a request that nobody answers: to the practitioner, then to the patient."""

from datetime import timedelta

import pytest

from maia.appointments.acts.confirming import confirm_appointment, unconfirm_appointment
from maia.appointments.agenda import By
from maia.appointments.unanswered import follow_requests
from maia.messaging.models import Message
from tests.conftest import NOW, make_patient, make_user
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book
from tests.messaging.test_requests import last

DAY, PRACTICE = timedelta(days=1), By.practice(None)


@pytest.fixture
def asked(follow_up, anne, julie):
    follow_up.needs_confirmation = True
    follow_up.save()
    return book(follow_up, anne, julie)


def to(smtp, name):
    return [mail for mail in smtp.taken if name in mail["To"]]


def test_the_practitioner_is_reminded_and_the_patient_reads_nothing(asked, smtp):
    work()
    before = len(to(smtp, "julie"))
    follow_requests(NOW + DAY)
    work(NOW + DAY)
    mail = to(smtp, "anne")[-1]
    assert (
        mail["Subject"]
        == "Demande de rendez-vous du jeudi 3 décembre 2026 à 09:30 toujours en attente"
    )
    text = mail.get_body(("plain",)).get_content()
    assert "Personne n’a encore répondu" in text
    assert "Confirmer ou refuser" in text
    assert f"/pro/appointments/{asked.pk}/" in text
    assert len(to(smtp, "julie")) == before


def test_answered_before_it_leaves_she_is_not_reminded(asked, smtp):
    follow_requests(NOW + DAY)
    confirm_appointment(asked, by=PRACTICE, now=NOW + DAY)
    work(NOW + DAY)
    assert not any("toujours en attente" in mail["Subject"] for mail in smtp.taken)
    assert Message.objects.filter(error="answered", status="dropped").count() == 1


def test_the_patient_is_told_that_it_has_expired(asked, smtp):
    work()
    follow_requests(asked.start)
    work(asked.start)
    subject, text, calendars = last(smtp)
    assert subject == "Votre demande de rendez-vous du jeudi 3 décembre 2026 à 09:30 a expiré"
    assert "Personne n’a confirmé votre demande à temps" in text
    assert "Prendre un autre rendez-vous" in text
    assert calendars == []


def test_in_her_language(asked, julie, smtp):
    julie.language = "en"
    julie.save()
    follow_requests(asked.start)
    work(asked.start)
    assert "has expired" in last(smtp)[0]


def test_what_had_been_certain_is_withdrawn_from_her_calendar(follow_up, anne, julie, smtp):
    made = book(follow_up, anne, julie)
    work()
    unconfirm_appointment(made, by=PRACTICE, now=NOW, seen=made.version)
    follow_requests(made.start)
    work(made.start)
    _subject, _text, (calendar,) = last(smtp)
    assert "METHOD:CANCEL" in calendar
    assert "SEQUENCE:2" in calendar


def test_without_an_address_an_sms_says_so(follow_up, anne, practice, smtp, sms):
    follow_up.needs_confirmation = True
    follow_up.save()
    lina = make_patient(practice, "Lina", make_user("lina@patiente.example"), mobile="+33639980001")
    made = book(follow_up, anne, lina)
    lina.email = ""
    lina.save()
    work()
    follow_requests(made.start)
    work(made.start)
    texts = [sent["body"]["body"]["text"] for sent in sms.taken]
    (text,) = [text for text in texts if "expir" in text]
    assert "Suivi" not in text
    assert "09:30" in text


def test_a_worker_that_slept_for_two_days_writes_no_old_news(asked, smtp):
    work()
    before = len(smtp.taken)
    follow_requests(asked.start + 2 * DAY)
    work(asked.start + 2 * DAY)
    assert len(smtp.taken) == before
    assert Message.objects.get(kind="cancelled").error == "past"


def test_an_hour_late_it_is_still_told(asked, smtp):
    work()
    late = asked.end + timedelta(hours=1)
    follow_requests(late)
    work(late)
    assert "a expiré" in last(smtp)[0]
