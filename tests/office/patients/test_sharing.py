"""One address on two records: said whose, and kept on both on purpose only, at every door."""

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.patients.models import Patient
from maia.patients.records import find_record
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.pages import anyway, on_one_line, shown

NEW = "/pro/patients/new/"
TAKEN = "lina@patiente.example"


@pytest.fixture
def lina(practice):
    return make_patient(practice, "Lina", last_name="Roy", email=TAKEN)


@pytest.fixture
def pages(anne, follow_up, julie):
    """Where a record's address is changed."""
    how = {"by": By.practice(None), "now": NOW}
    booked = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, **how)
    return [
        reverse("office:patient", args=[julie.pk]),
        reverse("office:contact", args=[booked.pk]),
    ]


@pytest.mark.rule("3.5.2")
@pytest.mark.parametrize("number", [0, 1])
def test_on_the_record_and_the_sheet(owner, practice, julie, lina, pages, number):
    path, before = pages[number], julie.email
    typed = shown(owner, path) | {"email": TAKEN.upper()}
    answer = owner.post(path, typed)
    page = on_one_line(answer.content.decode())
    assert answer.status_code == 422
    assert "Cette adresse est déjà dans un autre dossier (Lina Roy)" in page
    assert f'name="same_address" value="{TAKEN}"' in page
    julie.refresh_from_db()
    assert julie.email == before
    # The box is of that address: with another one, it is asked again.
    make_patient(practice, "Mia", last_name="Roy", email="mia@patiente.example")
    other = typed | {"email": "mia@patiente.example", "same_address": TAKEN}
    assert "Mia Roy" in owner.post(path, other).content.decode()
    assert owner.post(path, typed | {"same_address": TAKEN}).status_code == 302
    julie.refresh_from_db()
    assert julie.email == TAKEN
    assert "Lina Roy" in owner.get(pages[0]).content.decode()
    # What is shared already is not asked about when something else is changed.
    assert owner.post(path, shown(owner, path) | {"mobile": "06 39 98 12 34"}).status_code == 302


def test_of_another_practice_or_erased_nothing_is_said(owner, elsewhere, julie, lina, pages):
    make_patient(elsewhere["practice"], "Zoé", email="zoe@patiente.example")
    for path in pages:
        typed = shown(owner, path) | {"email": "zoe@patiente.example"}
        assert owner.post(path, typed).status_code == 302
        Patient.objects.filter(pk=julie.pk).update(email="")


def test_on_a_new_record_and_while_noting(owner, practice, anne, follow_up, lina):
    typed = {"first_name": "Bébé", "last_name": "Roy-Petit", "email": TAKEN}
    asked = owner.post(NEW, typed)
    assert asked.status_code == 409
    assert "Lina Roy" in asked.content.decode()
    assert anyway(owner, NEW, typed).status_code == 302
    note = shown(owner, "/pro/appointments/new/") | {
        "first_name": "Jade", "last_name": "Roy", "email": TAKEN, "type": follow_up.pk,
        "practitioner": anne.pk, "date": "2026-12-03", "time": "09:00",
    }  # fmt: skip
    answer = owner.post("/pro/appointments/new/", note)
    assert answer.status_code == 422
    assert "Lina Roy" in answer.content.decode()
    assert not practice.patients.filter(first_name="Jade").exists()
    answer = owner.post("/pro/appointments/new/", note | {"same_address": TAKEN})
    assert answer.status_code == 302
    assert practice.patients.get(first_name="Jade").email == TAKEN


@pytest.mark.rule("3.5.2")
def test_an_address_on_two_records_meets_neither(practice, julie, lina):
    user = julie.user
    Patient.objects.filter(pk=julie.pk).update(user=None)
    Patient.objects.filter(pk=lina.pk).update(email=julie.email)
    assert find_record(user, practice) is None


@pytest.mark.rule("3.5.7")
@pytest.mark.parametrize(
    "two", ["06 39 98 12 34 / 06 39 98 12 35", "0639981234 ou 0639981235", "0639981234 0639981235"]
)
def test_two_numbers_in_one_field_are_called_so(owner, julie, pages, two):
    for path in pages:
        answer = owner.post(path, shown(owner, path) | {"mobile": two})
        assert answer.status_code == 422
        assert "Ce sont deux numéros" in answer.content.decode()
        assert two in answer.content.decode()
