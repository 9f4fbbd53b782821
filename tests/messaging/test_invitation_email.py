"""An invitation by email."""

import pytest

from maia.invitations.inviting import invite_patient, withdraw
from tests.conftest import NOW, make_patient
from tests.messaging.test_delivery import work


@pytest.fixture
def record(practice):
    return make_patient(practice, "Julie", email="julie@patiente.example")


@pytest.fixture
def invitation(record, anne):
    return invite_patient(record, by=anne.user, now=NOW)


def test_the_email_names_the_practice_and_nobody(invitation, record, smtp):
    work()
    (mail,) = smtp.taken
    assert mail["To"] == "julie@patiente.example"
    assert mail["Subject"].strip() == "Cabinet des Tilleuls vous invite à réserver en ligne"
    text = mail.get_body(("plain",)).get_content()
    assert f"/invitation/{invitation.token}/" in text
    assert "mardi 15 décembre 2026" in text


def test_withdrawn_before_it_left_it_does_not_leave(invitation, record, smtp):
    withdraw(invitation, now=NOW)
    work()
    assert smtp.taken == []
