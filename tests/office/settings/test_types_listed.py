"""The list of appointment types: acts for who may do them, and a question before one is put away."""

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType
from maia.schedules.open_to_patients import Missing, what_keeps_patients_out
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.pages import on_one_line

BY = By.practice(None)


def test_a_colleagues_own_type_has_no_acts_but_for_who_may(sign_in, team, practice, anne):
    hers, shared = make_type(practice, name="Acupuncture", practitioner=anne), make_type(practice)
    archive = [reverse("office:change_type", args=[one.pk, "archive"]) for one in (hers, shared)]
    page = sign_in(team["practitioner"]).get("/pro/settings/types/").content.decode()
    assert "Acupuncture" in page
    assert [address in page for address in archive] == [False, True]
    assert reverse("office:edit_type", args=[hers.pk]) not in page
    page = sign_in(team["owner"]).get("/pro/settings/types/").content.decode()
    assert [address in page for address in archive] == [True, True]


def test_archiving_asks_first(owner, practice):
    type = make_type(practice)
    path = reverse("office:change_type", args=[type.pk, "archive"])
    asked = owner.post(path)
    assert f"Archiver «\xa0{type.name}\xa0»\xa0?" in asked.content.decode()
    type.refresh_from_db()
    assert not type.archived
    owner.post(path, {"yes": "1"})
    type.refresh_from_db()
    assert type.archived


@pytest.mark.rule("3.1.8")
def test_whoever_is_taken_off_a_type_is_asked_about_her_appointments(owner, practice, anne, julie):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    type = make_type(practice)
    for who in (anne, ines):
        book_appointment(
            type, who, at(THURSDAY, "09:30"), julie, by=BY, now=NOW, allow_overlap=True
        )
    page = reverse("office:edit_type", args=[type.pk])
    typed = {
        "name": type.name,
        "duration_minutes": type.duration_minutes,
        "colour": type.colour,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "practitioner": ines.pk,
    }
    asked = owner.post(page, typed)
    assert asked.status_code == 409
    assert [one.practitioner for one in asked.context["off"]] == [anne]
    words = on_one_line(asked.content.decode())
    assert "1 rendez-vous à venir est avec quelqu’un qui ne ferait plus ce type" in words
    assert "jeudi 3 décembre 2026, 09:30 – Julie Petit" in words
    type.refresh_from_db()
    assert type.practitioner is None
    assert owner.post(page, typed | {"anyway": asked.context["mark"]}).status_code == 302
    type.refresh_from_db()
    assert type.practitioner == ines
    assert Appointment.objects.get(event__practitioner=anne).status == "confirmed"


@pytest.mark.rule("3.2.2")
def test_a_type_that_nobody_offers_any_more_is_on_no_list(owner, client, practice, anne, follow_up):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    lone = make_type(practice, name="Acupuncture", practitioner=ines)
    some = make_type(practice, name="Échographie")
    some.set_owners([ines, anne])
    some.save()
    some.save_owners([ines, anne])
    listed = AppointmentType.objects.listed().filter(practice=practice)
    assert {lone, some, follow_up} == set(listed)
    Practitioner.objects.filter(pk=ines.pk).update(is_active=False)
    page = client.get(f"/{practice.slug}/").content.decode()
    items = client.get(f"/api/v1/practices/{practice.slug}/appointment-types").json()["items"]
    assert [one["name"] for one in items] == [one.name for one in listed.all()]
    assert set(listed.all()) == {some, follow_up}
    assert ("Acupuncture" in page, "Échographie" in page) == (False, True)
    practice.appointment_types.exclude(pk=lone.pk).update(allow_online_booking=False)
    assert what_keeps_patients_out(practice) == Missing.TYPE
