"""A booking and what it owes are one transaction (rule 3.6)."""

import pytest
from django.db import transaction

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.messaging.owed import announce
from tests.conftest import NOW, THURSDAY, at


def book(type, practitioner, patient, text="09:30", by=None):
    by = by or By.patient(patient.user)
    return book_appointment(type, practitioner, at(THURSDAY, text), patient, by=by, now=NOW)


def owed():
    """Reminders apart, which have their own tests."""
    told = Message.objects.exclude(kind="reminder")
    return sorted(told.values_list("kind", "recipient", "status"))


def test_a_booking_owes_a_confirmation_and_a_notice(follow_up, anne, julie):
    book(follow_up, anne, julie)
    assert announce(NOW) == 1
    assert owed() == [
        ("confirmation", "patient", "queued"),
        ("notice", "practitioner", "queued"),
    ]


def test_it_is_owed_once(follow_up, anne, julie):
    made = book(follow_up, anne, julie)
    announce(NOW)
    assert announce(NOW) == 0
    made.history.update(announced=False)  # as after a crash between the two
    announce(NOW)
    assert Message.objects.count() == 4  # its two reminders among them


@pytest.mark.rule("3.6.1")
def test_a_booking_that_is_rolled_back_owes_nothing(follow_up, anne, julie):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        book(follow_up, anne, julie)
        raise ZeroDivisionError
    assert announce(NOW) == 0
    assert owed() == []


def test_moving_and_cancelling_owe_theirs(follow_up, anne, julie):
    made = book(follow_up, anne, julie)
    move_appointment(made, at(THURSDAY, "15:00"), by=By.patient(julie.user), now=NOW)
    cancel_appointment(made, by=By.practice(anne.user), now=NOW)
    announce(NOW)
    assert [kind for kind, recipient, _ in owed() if recipient == "patient"] == [
        "cancelled",
        "confirmation",
        "moved",
    ]
    # She did the third herself.
    assert Message.objects.filter(recipient="practitioner").count() == 2
