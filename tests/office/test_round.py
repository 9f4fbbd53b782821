"""*Tournée*: the visits at home of a day, with what finds each door."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.patients.addresses import Address, write_address
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.pages import on_one_line

PRACTICE = By.practice(None)


@pytest.fixture
def visits(practice, anne, ines, follow_up):
    home = make_type(practice, "Visite à domicile", place="home")
    Address_of = {"Zoé": "5 rue du Port", "Ada": "9 quai Neuf"}
    booked = {}
    for name, time in (("Zoé", "10:00"), ("Ada", "09:00"), ("Eva", "11:00"), ("Nina", "14:00")):
        patient = make_patient(practice, name, mobile="+33639980001")
        if street := Address_of.get(name):
            address = Address.typed(
                street=street, postcode="35000", city="Rennes", access="Code 4071"
            )
            write_address(patient, address)
        booked[name] = book_appointment(
            home, anne, at(THURSDAY, time), patient, by=PRACTICE, now=NOW
        )
    cancel_appointment(booked["Nina"], by=PRACTICE, now=NOW)
    at_practice = make_patient(practice, "Iris")
    book_appointment(follow_up, anne, at(THURSDAY, "15:00"), at_practice, by=PRACTICE, now=NOW)
    of_ines = make_patient(practice, "Lou")
    book_appointment(home, ines, at(THURSDAY, "09:00"), of_ines, by=PRACTICE, now=NOW)
    return booked


@pytest.mark.rule("3.8.11")
def test_the_visits_of_a_day_stand_in_order_with_what_finds_the_door(owner, visits):
    page = on_one_line(owner.get(f"/pro/appointments/round/?date={THURSDAY}").content.decode())
    names = [page.find(name) for name in (">Ada", ">Zoé", ">Eva")]
    assert names == sorted(names)
    assert min(names) > 0
    for absent in ("Nina", "Iris", "Lou"):
        assert absent not in page
    assert "9 quai Neuf, 35000 Rennes" in page
    assert "Code 4071" in page
    assert 'href="tel:+33-6-39-98-00-01"' in page
    assert "openstreetmap.org/search?query=9%20quai%20Neuf%2C%2035000%20Rennes" in page
    assert 'rel="noopener noreferrer"' in page
    assert "pas encore d’adresse" in page  # Eva's


@pytest.mark.rule("3.8.11")
def test_of_whom_and_of_which_day_is_in_its_address(owner, sign_in, team, ines, visits, elsewhere):
    path = "/pro/appointments/round/"
    assert "Lou" in owner.get(f"{path}?date={THURSDAY}&practitioner={ines.pk}").content.decode()
    assert "Aucune visite" in owner.get(path).content.decode()
    assert owner.get(f"{path}?date=nonsense&practitioner=x").status_code == 200
    of_another = elsewhere["practitioner"].pk
    answer = owner.get(f"{path}?date={THURSDAY}&practitioner={of_another}")
    assert "Ada" in answer.content.decode()  # her own: nobody of another practice
    assert "Lou" in sign_in(team["practitioner"]).get(f"{path}?date={THURSDAY}").content.decode()


def test_the_list_of_appointments_leads_there_where_homes_are_visited(owner, practice, follow_up):
    assert "/pro/appointments/round/" not in owner.get("/pro/appointments/").content.decode()
    make_type(practice, "Visite", place="home")
    assert "/pro/appointments/round/" in owner.get("/pro/appointments/").content.decode()


def test_its_statements_do_not_grow_with_the_day(
    owner, visits, practice, anne, django_assert_max_num_queries, django_assert_num_queries
):
    path = f"/pro/appointments/round/?date={THURSDAY}"
    owner.get(path)
    with django_assert_max_num_queries(20) as first:
        owner.get(path)
    home = anne.practice.appointment_types.get(place="home")
    for n, time in enumerate(("14:00", "14:30", "15:30", "16:00")):
        patient = make_patient(practice, f"Plus{n}")
        book_appointment(home, anne, at(THURSDAY, time), patient, by=PRACTICE, now=NOW)
    with django_assert_num_queries(len(first)):
        owner.get(path)
