"""Where an appointment happens, for each who may read it (rule 3.8)."""

import pytest
from django.utils import translation

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.places import Reader, place_of
from maia.patients.addresses import Address, write_address
from tests.conftest import NOW, THURSDAY, at, make_type

PATIENT, ANYBODY, PRACTICE = Reader.PATIENT, Reader.ANYBODY, Reader.PRACTICE
HER_HOME = Address.typed(street=" 5  rue du Port", postcode="44000", city="Nantes", access="Code 1")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def book(practice, anne, julie, place, by=None, **fields):
    practice.directions = "Ring twice"
    practice.save()
    type = make_type(practice, place=place, **fields)
    by = by or By.practice(None)
    return book_appointment(type, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW)


@pytest.mark.rule("3.8.1")
def test_at_the_practice_its_address_and_how_to_come(practice, anne, julie):
    made = book(practice, anne, julie, "site")
    for reader in Reader:
        place = place_of(made, reader)
        assert place.lines == ("3 place du Marché, 35000 Rennes",)
        assert place.directions == "Ring twice"
    anne.street, anne.city = "1 quai Neuf", "Rennes"
    made.event.practitioner = anne
    assert place_of(made, PATIENT).on_one_line == "1 quai Neuf, Rennes"
    assert place_of(made, PATIENT).directions == ""


@pytest.mark.rule("3.8.2")
def test_at_home_her_address_is_hers_and_the_practices(practice, anne, julie):
    write_address(julie, HER_HOME)
    made = book(practice, anne, julie, "home")
    assert place_of(made, PATIENT).on_one_line == "At your home, 5 rue du Port, 44000 Nantes"
    assert place_of(made, ANYBODY).in_a_calendar == "At your home"
    hers = place_of(made, PRACTICE)
    assert hers.on_one_line == "At the patient's home, 5 rue du Port, 44000 Nantes"
    assert hers.directions == "Code 1"
    assert hers.map_query == ""


def test_by_phone_she_reads_which_number_is_called(practice, anne, julie):
    julie.mobile = "+33639980001"
    julie.save()
    made = book(practice, anne, julie, "phone")
    assert place_of(made, PATIENT).words == "By phone: Anne Morel calls you at 06 39 98 00 01"
    assert "06" not in place_of(made, ANYBODY).in_a_calendar
    assert place_of(made, PRACTICE).words == "By phone, at 06 39 98 00 01"


@pytest.mark.rule("3.8.3")
def test_the_video_link_is_for_who_is_confirmed(practice, anne, julie):
    link = "https://visio.example/anne"
    made = book(practice, anne, julie, "video", video_link=link)
    assert place_of(made, PATIENT).link == place_of(made, ANYBODY).link == link
    for status in ("unconfirmed", "cancelled"):
        made.status = status
        assert place_of(made, PATIENT).link == place_of(made, ANYBODY).link == ""
        assert place_of(made, PRACTICE).link == link


@pytest.mark.parametrize("without", ["street", "postcode", "city"])
def test_nobody_books_a_visit_to_nowhere(practice, anne, julie, without):
    write_address(julie, HER_HOME)
    setattr(julie, without, "")
    with pytest.raises(NotBookable) as refused:
        book(practice, anne, julie, "home", by=By.patient(None))
    assert refused.value.reason == "no_address"
    book(practice, anne, julie, "home")  # the practice may note it, and ask later
