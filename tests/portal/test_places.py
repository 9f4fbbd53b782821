"""Where it happens, on the pages that patients see: told rightly, asked when booking."""

import pytest
import time_machine
from django.urls import reverse

from maia.appointments.models import Appointment
from maia.patients.models import Patient
from tests.conftest import NOW, make_patient, make_type, make_user
from tests.portal.test_booking_page import (
    confirm,
    read,
    url,
)
from tests.portal.test_space import link, mine


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


@pytest.fixture
def signed_in(visitor, julie):
    visitor.force_login(julie.user, DOOR)
    return visitor


DOOR = "allauth.account.auth_backends.AuthenticationBackend"
HOME = {"street": "5 rue du Port", "postcode": "44000", "city": "Nantes", "access": "Code 4071"}
PRACTICE = "3 place du Marché"


@pytest.fixture
def visit(practice, anne):
    return make_type(practice, "Visite", place="home")


@pytest.mark.rule("3.8.2")
def test_the_address_is_asked_and_kept_on_her_record(signed_in, julie, anne, visit):
    page = read(signed_in.get(url("confirm", visit, anne)))
    assert "Numéro et rue" in page
    assert PRACTICE not in page
    refused = confirm(signed_in, visit, anne, city="Nantes", note="Sonnez fort")
    assert refused.status_code == 422
    assert "Sonnez fort" in read(refused)
    assert Patient.objects.get().city == ""
    booked = confirm(signed_in, visit, anne, **HOME)
    record = Patient.objects.get()
    assert {name: getattr(record, name) for name in HOME} == HOME
    page = read(signed_in.get(booked["Location"]))
    assert "À votre domicile" in page
    assert "5 rue du Port, 44000 Nantes" in page
    assert PRACTICE not in page
    again = read(signed_in.get(url("confirm", visit, anne, "10:30")))
    assert 'value="5 rue du Port"' in again


def test_a_newcomer_gives_hers_with_her_names(visitor, practice, anne, visit):
    visitor.force_login(
        make_user("nouvelle@patiente.example"),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    names = {"first_name": "Nour", "last_name": "Aziz", "mobile": "06 39 98 00 01"}
    assert confirm(visitor, visit, anne, **names).status_code == 422
    assert not Patient.objects.exists()
    confirm(visitor, visit, anne, **names, **HOME)
    assert Patient.objects.get().street == "5 rue du Port"


def test_a_visit_that_is_refused_leaves_the_address_as_it_was(
    signed_in,
    practice,
    anne,
    visit,
    follow_up,
):
    other = make_patient(practice, "Autre", make_user("autre@patiente.example"))
    anne.practice.max_open_bookings = 1
    anne.practice.save()
    confirm(signed_in, follow_up, anne, "09:00")
    assert confirm(signed_in, visit, anne, "11:00", **HOME).status_code == 409
    assert {p.street for p in Patient.objects.all()} == {""}
    assert other.pk


def test_the_link_tells_nobody_where_she_lives(signed_in, client, julie, anne, visit):
    confirm(signed_in, visit, anne, **HOME)
    made = Appointment.objects.get()
    assert "5 rue du Port" in read(signed_in.get(mine(made)))
    assert "À votre domicile" in read(signed_in.get(reverse("appointments")))
    client.logout()
    for page in ("appointment", "cancel", "ics"):
        text = read(client.get(link(made, page)))
        assert "domicile" in text
        assert "rue du Port" not in text
        assert PRACTICE not in text
        assert "4071" not in text


@pytest.mark.rule("3.8.3")
def test_a_video_room_opens_to_who_is_confirmed(signed_in, practice, anne):
    room = "https://visio.example/anne"
    type = make_type(practice, "Conseil", place="video", video_link=room, needs_confirmation=True)
    page = read(signed_in.get(url("confirm", type, anne)))
    assert "En vidéo" in page
    assert room not in page
    confirm(signed_in, type, anne)
    made = Appointment.objects.get()
    assert room not in read(signed_in.get(mine(made)))
    Appointment.objects.update(status="confirmed")
    assert room in read(signed_in.get(mine(made)))


@pytest.mark.rule("3.8.1")
def test_by_phone_she_reads_which_number_is_called(signed_in, practice, julie, anne):
    julie.mobile = "+33639980001"
    julie.save()
    type = make_type(practice, "Point", place="phone")
    words = "Anne Morel vous appelle au 06 39 98 00 01"
    assert words in read(signed_in.get(url("confirm", type, anne)))
    booked = confirm(signed_in, type, anne)
    assert words in read(signed_in.get(booked["Location"]))


@pytest.mark.rule("3.2.7")
def test_what_to_bring_is_seen_once_she_has_chosen_and_not_by_the_link(signed_in, follow_up, anne):
    follow_up.description, follow_up.instructions = "Tous les **mois**", "- votre **carte**"
    follow_up.save()
    bring, about = "<strong>carte</strong>", "<strong>mois</strong>"
    slots = read(signed_in.get(reverse("slots", args=["tilleuls", follow_up.pk])))
    assert bring not in slots
    page = read(signed_in.get(url("confirm", follow_up, anne)))
    assert bring in page
    assert about in page
    booked = read(signed_in.get(confirm(signed_in, follow_up, anne)["Location"]))
    made = Appointment.objects.get()
    hers = read(signed_in.get(mine(made)))
    assert bring in booked
    assert bring in hers
    assert about in hers
    assert bring not in read(signed_in.get(link(made)))
