"""Booked on the page, delivered by the worker: what her mailbox and her telephone show."""

from datetime import timedelta

import pytest

from maia.appointments.models import Appointment
from tests.conftest import NOW, THURSDAY, make_type
from tests.messaging.test_delivery import work
from tests.portal.test_booking_page import confirm, frozen, signed_in, visitor  # noqa: F401

DAY_BEFORE = NOW + timedelta(days=1, hours=4)  # Wednesday, 14:00 in Paris


@pytest.fixture
def delicate(practice):
    """A type whose name is nobody else's business."""
    return make_type(practice, "Interruption de grossesse")


@pytest.mark.rule("3.6.6")
def test_what_shows_on_a_locked_phone_says_neither_what_for_nor_who(
    signed_in, anne, delicate, julie, smtp, sms  # noqa: F811
):  # fmt: skip
    julie.mobile = "+33639980001"
    julie.save()
    confirm(signed_in, delicate, anne)
    work()
    work(DAY_BEFORE)
    (text,) = [message["body"]["body"]["text"] for message in sms.taken]
    seen = [text, *(mail["Subject"] for mail in smtp.taken)]
    assert len(seen) == 4  # the confirmation, the notice, the reminder and the SMS
    for line in seen:
        assert "nterruption" not in line
        assert "Petit" not in line
        assert "Julie" not in line


@pytest.mark.rule("3.6.8")
def test_what_she_asked_for_is_called_a_request(signed_in, anne, delicate, smtp):  # noqa: F811
    delicate.needs_confirmation = True
    delicate.save()
    confirm(signed_in, delicate, anne)
    work()
    (to_her,) = [mail for mail in smtp.taken if "julie" in mail["To"]]
    assert to_her["Subject"].startswith("Votre demande de rendez-vous")
    assert list(to_her.iter_attachments()) == []  # no invitation to what is not certain


@pytest.mark.rule("3.6.13")
def test_two_of_one_day_are_one_sms(signed_in, anne, delicate, julie, smtp, sms):  # noqa: F811
    julie.mobile = "+33639980001"
    julie.save()
    for hour in ("09:30", "11:00"):
        confirm(signed_in, delicate, anne, hour, THURSDAY)
    assert Appointment.objects.count() == 2
    work(DAY_BEFORE)
    (text,) = [message["body"]["body"]["text"] for message in sms.taken]
    assert "à 09:30 et 11:00" in text
