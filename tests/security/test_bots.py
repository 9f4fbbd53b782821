"""What keeps machines from filling an agenda or reading it all day."""

import pytest
from django.test import Client
from django.urls import reverse

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.models import Appointment
from tests.conftest import NOW, THURSDAY, at, make_type


@pytest.fixture
def choice(practice, anne, follow_up, on_tuesday):
    return [practice.slug, follow_up.pk, anne.pk, at(THURSDAY, "09:30")]


def test_a_filled_trap_gets_no_code(client, choice, mailoutbox):
    typed = {"email": "bot@x.example", "website": "https://spam.example"}
    answer = client.post(reverse("sign_in", args=choice), typed)
    assert answer.status_code == 422
    assert "Laissez ce champ vide" in answer.content.decode()
    assert mailoutbox == []
    assert not User.objects.filter(email="bot@x.example").exists()


@pytest.mark.rule("3.4.8")
def test_so_many_appointments_to_come_and_no_more(practice, anne, julie, on_tuesday):
    practice.max_open_bookings = 2
    practice.save()
    short = make_type(practice, minutes=15)

    def book(time, by=None):
        who = by or By.patient(julie.user)
        return book_appointment(short, anne, at(THURSDAY, time), julie, by=who, now=NOW)

    book("09:00", by=By.practice(anne.user))  # what the practice noted does not count
    first = book("09:15")
    book("09:30")
    with pytest.raises(NotBookable) as refused:
        book("09:45")
    assert refused.value.reason == NotBookable.Reason.TOO_MANY
    Appointment.objects.filter(pk=first.pk).update(status="cancelled")
    book("09:45")
    book("10:00", by=By.practice(anne.user))


def test_reading_slots_all_day_is_slowed_down(choice, settings):
    settings.READS_A_MINUTE = 5
    client = Client(headers={"accept-language": "fr"})
    path = f"/{choice[0]}/book/{choice[1]}/"
    statuses = [client.get(path).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    answer = client.get(path)
    assert answer["Retry-After"] == "60"
    assert "Trop de demandes" in answer.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.9").get(path).status_code == 200
    settings.READS_A_MINUTE = 0
    assert client.get(path).status_code == 200
