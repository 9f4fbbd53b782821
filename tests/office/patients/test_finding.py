"""Patients found as one types, with their visits; a record made without an appointment."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.patients.models import Patient
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, signed_in
from tests.pages import anyway, on_one_line, shown

NEW = "/pro/patients/new/"


def as_typed(client, typed):
    return client.post("/pro/patients/", {"q": typed}, headers={"hx-request": "true"})


@pytest.mark.rule("3.5.8")
def test_the_list_follows_what_is_typed(owner, practice, julie):
    make_patient(practice, "Lina", last_name="Roy", birth_date="1991-03-12")
    for typed in ("lina", "Roy", "12/03/1991", "12 mars 1991", "lima roy"):
        answer = as_typed(owner, typed)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert ("Lina" in page, "Julie" in page) == (True, False), typed
        assert "<html" not in page
    assert "12/03/1991" in page
    assert "Personne ne correspond" in as_typed(owner, "zzzzz").content.decode()
    assert as_typed(owner, " ").content.decode().count('class="card"') == 2


def test_each_line_says_her_last_and_next_visit(owner, practice, anne, follow_up, julie):
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW)
    page = on_one_line(owner.get("/pro/patients/").content.decode())
    assert re.search(r"Prochain\s: 3\sdécembre\b(?!\s\d)", page)
    assert "Dernier" not in page


def test_visits_cost_as_many_statements_for_one_as_for_many(owner, practice, anne, follow_up):
    counts = []
    for many in (1, 20):
        for number in range(many):
            record = make_patient(practice, f"P{many}{number}")
            book_appointment(
                follow_up, anne, at(THURSDAY, "09:00"), record, by=By.practice(None), now=NOW,
                allow_overlap=True,
            )  # fmt: skip
        owner.get("/pro/patients/")
        with CaptureQueriesContext(connection) as captured:
            owner.get("/pro/patients/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["owner", "practitioner", "assistant"])
def test_a_record_is_made_without_an_appointment(sign_in, team, practice, who):
    client = sign_in(team[who])
    typed = {"first_name": "Lina", "last_name": "Roy", "mobile": "06 39 98 12 34", "city": "Rennes"}
    made = client.post(NEW, typed)
    record = Patient.objects.get()
    assert made["Location"] == reverse("office:patient", args=[record.pk])
    assert (record.practice, record.origin, record.city) == (practice, "practice", "Rennes")
    assert record.mobile.as_e164 == "+33639981234"
    assert JournalEntry.objects.filter(act="created", patient=record).count() == 1
    assert f"?patient={record.pk}" in client.get(made["Location"]).content.decode()


def test_who_may_be_there_already_is_shown_first(owner, practice, elsewhere):
    make_patient(practice, "Lina", last_name="Roy", birth_date="1991-03-12")
    make_patient(elsewhere["practice"], "Lina", last_name="Roy", email="secret@x.example")
    typed = {"first_name": "lina", "last_name": "ROY", "city": "Rennes"}
    asked = owner.post(NEW, typed)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "12/03/1991" in page
    assert "secret@x.example" not in page
    assert 'value="Rennes"' in page  # nothing typed is lost
    assert practice.patients.count() == 1
    assert anyway(owner, NEW, typed).status_code == 302
    assert practice.patients.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"last_name": ""}, {"mobile": "12"}, {"email": "x"}, {"birth_date": "2091-01-01x"},
     {"first_name": "\x00"}, {"notes": "x" * 10_001}],
)  # fmt: skip
def test_what_cannot_be_read_makes_nobody(owner, practice, wrong):
    answer = owner.post(NEW, {"first_name": "Lina", "last_name": "Roy", **wrong})
    assert answer.status_code == 422
    assert not practice.patients.exists()


def test_on_the_record_her_appointments_come_first(owner, julie):
    page = owner.get(reverse("office:patient", args=[julie.pk])).content.decode()
    main = page.partition("<main")[2]
    assert main.index(f"/pro/appointments/new/?patient={julie.pk}") < main.index(
        'name="first_name"'
    )


def test_her_own_midwife_is_on_the_record_and_beside_her_name(owner, practice, anne, ines, julie):
    path = reverse("office:patient", args=[julie.pk])
    page = shown(owner, path)
    assert owner.post(path, page | {"own_practitioner": ines.pk}).status_code == 302
    julie.refresh_from_db()
    assert julie.own_practitioner == ines
    found = owner.post(reverse("office:patient_search"), {"patient_search": "petit"})
    assert "Inès Haddad" in found.content.decode()
    assert "Inès Haddad" in owner.get(reverse("office:patients")).content.decode()


def test_a_midwife_of_another_practice_is_nobodys(owner, practice, anne, ines, julie, elsewhere):
    path = reverse("office:patient", args=[julie.pk])
    typed = shown(owner, path) | {"own_practitioner": elsewhere["practitioner"].pk}
    assert owner.post(path, typed).status_code == 422


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("  Zélie   Quux Roy ", {"first_name": "Zélie", "last_name": "Quux Roy"}),
        ("zelie@exemple.fr", {"email": "zelie@exemple.fr"}),
        ("06 12 34 56 78", {"mobile": "06 12 34 56 78"}),
    ],
)
@pytest.mark.rule("3.5.8")
def test_somebody_new_takes_what_was_typed_once(owner, typed, fields):
    """The telephone may be somebody else's by then; neither address nor session has her name."""
    answer = owner.post("/pro/patients/", {"q": typed, "new": "1"})
    assert answer["Location"] == NEW
    assert not any(str(value) in fields.values() for value in owner.session.values())
    page = owner.get(NEW).context["form"]
    assert {name: page[name].value() for name in fields} == fields
    assert not owner.get(NEW).context["form"].initial.get(next(iter(fields)))
    option = owner.post("/pro/patients/search/", {"patient_search": typed}).content.decode()
    for name, value in fields.items():
        assert f'data-{name}="{value}"' in option


def test_what_was_typed_for_a_new_record_goes_with_her_session(owner, team, client):
    owner.post("/pro/patients/", {"q": "Zélie Quux", "new": "1"})
    client.logout()
    signed_in(client, team["assistant"])
    assert "Zélie" not in client.get(NEW).content.decode()


def test_in_the_list_and_the_field_names_that_begin_so_come_first(owner, practice):
    for first, last in (("Iris", "Blanchard"), ("Zita", "Charpentier")):
        make_patient(practice, first, last_name=last)
    field = owner.post(reverse("office:patient_search"), {"patient_search": "cha"})
    found = owner.post(reverse("office:patients"), {"q": "cha"}, follow=True)
    for answer in (field, found):
        page = answer.content.decode()
        assert 0 < page.index("Charpentier") < page.index("Blanchard")
