"""What a patient reads of an appointment that is at another site now (rule 3.8.4)."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.models import HistoryEntry
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.sms_words import sms_text
from maia.messaging.words import letter
from maia.practices.models import Place
from tests.conftest import NOW, THURSDAY, at

PRACTICE = By.practice(None)


@pytest.fixture
def booked(practice, anne, follow_up, julie):
    Place.begin_with_main(practice)
    return book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=PRACTICE, now=NOW)


def told(booked, quai, time):
    announce(NOW)
    move_appointment(booked, at(THURSDAY, time), by=PRACTICE, now=NOW, place=quai)
    announce(NOW)
    entry = booked.history.filter(action=HistoryEntry.Action.MOVED).get()
    return Message.objects.get(entry=entry, recipient="patient", channel="email", kind="moved")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("09:00", "Votre rendez-vous se passe maintenant à un autre endroit"),
        ("10:00", "Votre rendez-vous a une nouvelle heure, à un autre endroit"),
    ],
)
def test_the_email_says_that_the_place_is_another_and_which(booked, practice, time, words):
    quai = practice.places.create(name="Maison du Quai", street="1 quai Neuf", city="Rennes")
    mail = letter(told(booked, quai, time), "maia@x.example", NOW)
    assert words in mail.text
    assert "Maison du Quai, 1 quai Neuf, Rennes" in mail.text
    assert practice.street not in mail.text.partition("\n--\n")[0]


def test_an_sms_says_so_too(booked, practice):
    quai = practice.places.create(name="Maison du Quai")
    message = told(booked, quai, "09:00")
    message.channel = "sms"
    assert "se passe à un autre endroit" in sms_text(message, NOW)
