"""Where a practitioner visits at home, of what is booked online."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.patients.addresses import Address, write_address
from tests.conftest import NOW, THURSDAY, at, make_type

HOME = {"street": "5 rue du Port", "postcode": "35 200", "city": "Rennes"}


@pytest.fixture
def visit(practice, anne):
    anne.postcodes_served = "35000 35200"
    anne.save()
    return make_type(practice, "Visite à domicile", place="home")


@pytest.mark.rule("3.8.10")
def test_who_lives_elsewhere_books_no_visit_online_and_the_practice_notes_it(visit, anne, julie):
    by = By.patient(julie.user)
    write_address(julie, Address.typed(**HOME | {"postcode": "44000"}))
    with pytest.raises(NotBookable, match="not_served"):
        book_appointment(visit, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    assert book_appointment(
        visit, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    write_address(julie, Address.typed(**HOME))
    assert book_appointment(visit, anne, at(THURSDAY, "10:00"), julie, by=by, now=NOW)
    write_address(julie, Address.typed(**HOME | {"postcode": "44000"}))
    at_practice = make_type(anne.practice, "Suivi")
    assert book_appointment(at_practice, anne, at(THURSDAY, "11:00"), julie, by=by, now=NOW)
