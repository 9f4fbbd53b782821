"""The postcodes in which a practitioner visits at home."""

import pytest
from django.urls import reverse

from maia.appointments.models import Appointment
from maia.patients.models import Patient
from tests.conftest import NOW, THURSDAY, at, make_type, make_user, signed_in
from tests.pages import fields_of, on_one_line

HOME = {"street": "5 rue du Port", "postcode": "35 200", "city": "Rennes"}


@pytest.fixture
def visit(practice, anne):
    anne.postcodes_served = "35000 35200"
    anne.save()
    return make_type(practice, "Visite à domicile", place="home")


@pytest.fixture
def client(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


@pytest.mark.rule("3.8.10")
def test_it_is_said_where_it_is_typed_and_nothing_is_written(client, visit, anne):
    assert "35000, 35200" in client.get(f"/tilleuls/book/{visit.pk}/").content.decode()
    signed_in(client, make_user("zoe@patiente.example"))
    path = reverse("confirm", args=["tilleuls", visit.key, anne.pk, at(THURSDAY, "09:00")])
    page = client.get(path)
    assert page.status_code == 200, path
    typed = fields_of(page.content.decode()) | HOME | {
        "first_name": "Zoé", "last_name": "Zola", "mobile": "0639980001", "postcode": "44000",
    }  # fmt: skip
    refused = client.post(path, typed)
    words = on_one_line(refused.content.decode())
    assert refused.status_code == 422
    assert "id_postcode_error" in words
    assert "pas de visite à domicile" in words
    assert not Appointment.objects.exists()
    assert not Patient.objects.exists()
    assert client.post(path, typed | {"postcode": "35 200"}).status_code == 302
    assert Appointment.objects.get().patient.postcode == "35 200"
