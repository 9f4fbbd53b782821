"""From the outbox to a real mail server, whatever it answers."""

import socket
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.messaging.claims import LEASE, claim
from maia.messaging.delivery import deliver
from maia.messaging.email import Mailer
from maia.messaging.models import Message, WorkerBeat
from maia.messaging.owed import announce
from maia.messaging.worker import run, work_on, work_once
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.messaging.test_owed import book

RUNNING = threading.Event()


def work(now=NOW):
    while work_once("test", lambda: now, RUNNING):
        pass


def to_patient():
    """The confirmation; its reminders wait for their day."""
    return Message.objects.exclude(kind="reminder").get(recipient="patient")


@pytest.fixture
def booked(follow_up, anne, julie):
    return book(follow_up, anne, julie)


def test_a_confirmation_arrives_with_its_calendar(booked, smtp):
    work()
    patient, practitioner = sorted(smtp.taken, key=lambda m: "julie" not in m["To"])
    assert patient["To"] == "julie@patiente.example"
    assert patient["Subject"].strip() == "Votre rendez-vous du jeudi 3 décembre 2026 à 09:30"
    assert patient["From"] == "Cabinet des Tilleuls <rdv@maia.example>"
    assert patient["Reply-To"] == "cabinet@tilleuls.example"
    text = patient.get_body(("plain",)).get_content()
    assert "Bonjour Julie," in text
    assert f"/a/{booked.link_token}/" in text
    assert "jusqu’au mercredi 2 décembre à 09:30" in text
    (calendar,) = patient.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert "METHOD:REQUEST" in calendar.get_content()
    assert practitioner["To"] == "anne@tilleuls.example"
    assert "Julie Petit" in practitioner.get_body(("plain",)).get_content()
    assert list(practitioner.iter_attachments()) == []
    sent = to_patient()
    assert (sent.status, sent.to, sent.attempts) == ("sent", "julie@patiente.example", 1)
    assert sent.body == text.replace("\r\n", "\n")


@pytest.mark.rule("3.6.6")
def test_no_subject_tells_the_kind_of_consultation_or_a_name(booked, julie, smtp):
    move_appointment(booked, at(THURSDAY, "15:00"), by=By.patient(None), now=NOW)
    work()
    cancel_appointment(booked, by=By.patient(None), now=NOW)
    work()
    assert len(smtp.taken) == 4
    for message in smtp.taken:
        assert "grossesse" not in message["Subject"]
        assert "Petit" not in message["Subject"]


def test_it_speaks_the_patients_language(booked, julie, smtp):
    julie.language = "en"
    julie.save()
    work()
    subjects = {m["To"]: m["Subject"].strip() for m in smtp.taken}
    assert subjects["julie@patiente.example"] == (
        "Your appointment on Thursday 3 December 2026 at 09:30"
    )
    assert subjects["anne@tilleuls.example"].startswith("Nouveau rendez-vous")


def test_what_is_typed_is_shown_as_typed(booked, julie, smtp):
    julie.first_name = "<b>Julie</b>"
    julie.save()
    booked.note = "<script>alert(1)</script>"
    booked.save()
    booked.practice.name = 'Cabinet "des Tilleuls" <x@y.example>'
    booked.practice.save()
    work()
    for message in smtp.taken:
        html = message.get_body(("html",)).get_content()
        assert "<script>" not in html
        assert "<b>Julie" not in html
        assert message["From"].addresses[0].addr_spec == "rdv@maia.example"


def test_moved_before_it_left_only_the_last_word_is_sent(booked, smtp):
    move_appointment(booked, at(THURSDAY, "15:00"), by=By.patient(None), now=NOW)
    work()
    kinds = {
        m.kind: (m.status, m.error)
        for m in Message.objects.filter(recipient="patient").exclude(kind="reminder")
    }
    assert kinds == {"confirmation": ("dropped", "moved_since"), "moved": ("sent", "")}
    (mine,) = [m for m in smtp.taken if "julie" in m["To"]]
    assert "déplacé" in mine["Subject"]
    assert "SEQUENCE:1" in next(mine.iter_attachments()).get_content()


def test_cancelled_before_it_left_only_the_cancellation_is_sent(booked, smtp):
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    work()
    (mine,) = [m for m in smtp.taken if "julie" in m["To"]]
    assert "annulé" in mine["Subject"]
    assert "METHOD:CANCEL" in next(mine.iter_attachments()).get_content()


def test_a_record_without_address_gets_nothing_and_says_why(booked, julie, smtp):
    julie.email = ""
    julie.save()
    work()
    assert (to_patient().status, to_patient().error) == ("dropped", "no_address")


def test_a_server_that_says_later_is_asked_again_with_growing_patience(booked, smtp):
    smtp.mood = "later"
    announce(NOW)
    Message.objects.filter(recipient="practitioner").delete()
    waits, now = [], NOW
    for _ in range(4):
        work(now)
        message = to_patient()
        assert (message.status, message.error) == ("queued", "smtp 451")
        waits.append(message.try_after - now)
        now = message.try_after
    assert waits[3] > waits[0]
    assert timedelta(seconds=15) <= waits[0] <= timedelta(seconds=30)
    smtp.mood = "take"
    work(now)
    assert (to_patient().status, to_patient().attempts) == ("sent", 5)


def test_a_server_that_says_never_is_not_asked_again(booked, smtp):
    smtp.mood = "never"
    work()
    assert (to_patient().status, to_patient().error) == ("failed", "smtp 550 5.1.1")
    smtp.mood = "take"
    work(NOW + timedelta(hours=5))
    assert smtp.taken == []


def test_a_server_that_is_away_costs_nothing(booked, smtp, settings):
    settings.EMAIL_PORT, there = 9, smtp.port
    work()
    assert to_patient().status == "queued"
    settings.EMAIL_PORT = there
    work(NOW + timedelta(minutes=1))
    assert to_patient().status == "sent"
    assert len(smtp.taken) == 2


@pytest.mark.rule("3.6.5")
def test_tried_until_the_appointment_is_past_then_marked_failed(booked, smtp):
    smtp.mood = "later"
    work()
    work(booked.end + timedelta(minutes=1))
    assert (to_patient().status, to_patient().error) == ("failed", "smtp 451")


@pytest.mark.rule("3.6.4")
def test_a_lost_answer_is_uncertain_and_never_sent_again(booked, smtp):
    smtp.mood = "hang_up"
    work()
    assert to_patient().status == "uncertain"
    smtp.mood = "take"
    work(NOW + timedelta(hours=1))
    assert len([m for m in smtp.taken if "julie" in m["To"]]) == 1


def test_a_claim_is_one_workers_until_its_lease_ends(booked, smtp):
    announce(NOW)
    mine = claim("email", "one", NOW)
    assert len(mine) == 2
    assert claim("email", "two", NOW) == []
    late = NOW + LEASE
    theirs = claim("email", "two", late)
    assert len(theirs) == 2
    deliver(theirs[0], late, Mailer())
    deliver(mine[0], late, Mailer())  # the first worker wakes up: it is not hers any more
    assert len(smtp.taken) == 1


def test_a_worker_that_died_while_sending_leaves_it_uncertain(booked, smtp):
    announce(NOW)
    (message, _notice) = claim("email", "one", NOW)
    Message.objects.filter(pk=message.pk).update(status="sending")
    work(NOW + LEASE)
    message.refresh_from_db()
    assert (message.status, message.error) == ("uncertain", "worker_died")


def test_a_mailbox_that_does_not_exist_is_not_written_to_again(booked, julie, smtp):
    smtp.mood = "never"
    work()
    julie.refresh_from_db()
    assert julie.email_is_undeliverable
    smtp.mood = "take"
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    work()
    cancelled = Message.objects.get(kind="cancelled")
    assert (cancelled.status, cancelled.error) == ("dropped", "undeliverable")


def test_one_connection_serves_a_batch_and_a_lost_one_is_opened_again(practice, anne, smtp):
    for n in range(6):
        Message.objects.create(
            practice=practice, practitioner=anne, kind="test", recipient="practitioner",
            channel="email", key=f"k{n}", due_at=NOW, try_after=NOW,
        )  # fmt: skip
    mailer = Mailer()
    for n, message in enumerate(claim("email", "one", NOW)):
        if n == 3:
            mailer._connection.connection.sock.shutdown(
                socket.SHUT_RDWR
            )  # the line, cut between two letters
        deliver(message, NOW, mailer)
    mailer.close()
    assert len(smtp.taken) == 6
    assert smtp.sessions == 2


def test_it_is_judged_with_what_is_true_as_it_leaves_however_slow_the_batch(
    booked, anne, follow_up, practice, smtp, monkeypatch
):
    """The first letter takes long; the second's appointment is cancelled meanwhile."""
    monkeypatch.setattr("maia.messaging.worker.FRESH_SECONDS", 0)
    lina = make_patient(practice, "Lina", email="lina@patiente.example")
    later = book(follow_up, anne, lina, "15:00", by=By.practice(None))
    announce(NOW)
    calls = []

    def clock():
        calls.append(1)
        if len(calls) == 3:  # the claim, the first letter, then this
            cancel_appointment(later, by=By.practice(None), now=NOW)
        return NOW

    work_on("email", "one", clock, RUNNING)
    hers = Message.objects.get(patient=lina, kind="confirmation")
    assert (hers.status, hers.error) == ("dropped", "cancelled_since")
    assert not [m for m in smtp.taken if "lina" in m["To"]]


def test_a_defect_of_ours_fails_one_message_and_not_the_others(booked, anne, smtp, monkeypatch):
    monkeypatch.setattr("maia.messaging.delivery.sender_address", lambda: 1 / 0)
    work()
    assert (to_patient().status, to_patient().error) == ("failed", "ZeroDivisionError")


def test_each_email_names_the_place_where_it_happens(booked, julie, follow_up, smtp):
    julie.street, julie.city, julie.access = "5 rue du Port", "Nantes", "Code 4071"
    julie.save()
    follow_up.place = "home"
    follow_up.save()
    work()
    patient, practitioner = sorted(smtp.taken, key=lambda m: "julie" not in m["To"])
    for kind in ("plain", "html"):
        text = patient.get_body((kind,)).get_content()
        assert "À votre domicile, 5 rue du Port, Nantes" in text
        assert "place du Marché" not in text
        assert "Au domicile de la patiente, 5 rue du Port, Nantes" in (
            notice := practitioner.get_body((kind,)).get_content()
        )
        assert "Code 4071" in notice
    calendar = next(patient.iter_attachments()).get_content()
    assert "LOCATION:À votre domicile" in calendar.replace("\r\n ", "")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_while_the_database_is_away_waits_for_it():
    stop, asked, told = threading.Event(), [], []

    def clock():
        """As the watched one: it asks the database, which restarts."""
        asked.append(1)
        if len(asked) < 4:
            raise OperationalError("the database system is starting up")
        told.extend(WorkerBeat.objects.all())
        if told:
            stop.set()
        return NOW

    run(clock, stop)
    assert told[0].started_at == NOW
