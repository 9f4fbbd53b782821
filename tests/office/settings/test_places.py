"""The pages of the sites: made, named by hours and types, given up; the way between two of them."""

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.practices.models import Place
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.pages import on_one_line, shown, unticked

QUAI = {
    "name": "Maison du Quai", "street": "1 quai Neuf", "postcode": "35400", "city": "Saint-Malo",
    "directions": "Au premier", "phone": "02 61 91 45 12",
}  # fmt: skip
MORNING = [(540, 720)]


@pytest.fixture
def quai(owner, practice):
    assert owner.post("/pro/settings/places/new/", QUAI).status_code == 302
    return Place.objects.get(name="Maison du Quai")


@pytest.fixture
def main(quai, practice):
    return Place.objects.get(practice=practice, is_main=True)


def page(client, path):
    return on_one_line(client.get(path).content.decode())


def test_a_first_site_is_added_beside_the_practice_own_address(owner, practice):
    assert "Tout se passe à une seule adresse" in page(owner, "/pro/settings/places/")
    assert owner.post("/pro/settings/places/new/", QUAI | {"street": ""}).status_code == 422
    assert not Place.objects.exists()
    as_main = owner.post("/pro/settings/places/new/", QUAI | {"name": practice.name})
    assert as_main.status_code == 422
    assert not Place.objects.exists()
    owner.post("/pro/settings/places/new/", QUAI)
    words = page(owner, "/pro/settings/places/")
    assert practice.address in words
    assert "1 quai Neuf, 35400 Saint-Malo" in words
    again = owner.post("/pro/settings/places/new/", QUAI)
    assert again.status_code == 422
    assert "Un autre lieu porte ce nom" in again.content.decode()


def test_the_main_site_has_a_name_and_the_address_of_the_practice(owner, practice, main):
    path = reverse("office:edit_place", args=[main.pk])
    words = page(owner, path)
    assert practice.address in words
    assert 'name="street"' not in words
    assert owner.post(path, shown(owner, path) | {"name": "Au centre"}).status_code == 302
    main.refresh_from_db()
    assert (main.name, main.street) == ("Au centre", "")
    answer = owner.post(reverse("office:give_up_place", args=[main.pk]), follow=True)
    assert "Le lieu principal est l’adresse" in answer.content.decode()


@pytest.mark.rule("3.8.4")
def test_the_schedule_says_which_days_are_where(
    owner, anne, practice, quai, main, follow_up, client
):
    anne.schedule.write({3: MORNING, 4: MORNING})
    path = reverse("office:schedule", args=[anne.pk])
    typed = shown(owner, path)
    assert (typed["place_3"], typed["start_3"]) == ("", "09:00")
    assert owner.post(path, typed | {"place_3": str(quai.pk)}).status_code == 302
    assert anne.schedule.sites() == {3: quai.pk}
    assert "le premier à 09:00 · Maison du Quai" in page(owner, path)
    # Who changes the hours of another day leaves it; whoever's page knew nothing of sites, too.
    assert owner.post(path, shown(owner, path) | {"start_4": "10:00"}).status_code == 302
    assert owner.post(path, {"start_3": "09:30", "end_3": "12:00"}).status_code == 302
    assert anne.schedule.sites() == {3: quai.pk}
    assert owner.post(path, shown(owner, path) | {"place_3": ""}).status_code == 302
    assert anne.schedule.sites() == {}
    assert owner.post(path, shown(owner, path) | {"place_3": "999999"}).status_code == 422
    slots = page(client, f"/tilleuls/book/{follow_up.pk}/?date={THURSDAY}")
    assert practice.name in slots


def test_patients_read_where_each_day_is(owner, anne, quai, main, follow_up, client, julie):
    anne.schedule.write({3: MORNING, 4: MORNING}, {3: quai.pk})
    slots = page(client, f"/tilleuls/book/{follow_up.pk}/?date={THURSDAY}")
    assert slots.count("Maison du Quai") == 1
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.patient(julie.user), now=NOW
    )
    client.force_login(julie.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Maison du Quai" in page(client, f"/tilleuls/booked/{made.uid}/")
    assert "Maison du Quai" in page(client, "/mes-rendez-vous/")


def test_appointments_there_are_named_before_the_day_goes_elsewhere(
    owner, anne, quai, main, follow_up, julie
):
    anne.schedule.write({3: MORNING}, {3: quai.pk})
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW)
    path = reverse("office:schedule", args=[anne.pk])
    answer = owner.post(path, shown(owner, path) | {"place_3": ""})
    assert answer.status_code == 409
    assert julie.last_name in answer.content.decode()
    assert anne.schedule.sites() == {3: quai.pk}


@pytest.mark.rule("3.1.8")
def test_what_was_booked_before_there_were_sites_is_named_as_well(
    owner, anne, quai, main, follow_up, julie
):
    anne.schedule.write({3: MORNING}, {})
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW)
    follow_up.events.update(place=None)
    path = reverse("office:schedule", args=[anne.pk])
    answer = owner.post(path, shown(owner, path) | {"place_3": str(quai.pk)})
    assert answer.status_code == 409
    assert julie.last_name in answer.content.decode()


@pytest.mark.rule("3.8.5")
def test_a_type_is_ticked_to_some_sites(owner, quai, main, follow_up):
    path = reverse("office:edit_type", args=[follow_up.pk])
    assert owner.post(path, shown(owner, path) | {"places": [str(quai.pk)]}).status_code == 302
    assert list(follow_up.places.all()) == [quai]
    assert owner.post(path, shown(owner, path) | {"name": "Autre"}).status_code == 302
    assert list(follow_up.places.all()) == [quai]
    assert owner.post(path, unticked(shown(owner, path), "places")).status_code == 302
    assert not follow_up.places.exists()


@pytest.mark.rule("3.8.6")
def test_the_time_between_two_sites_is_hers(owner, sign_in, team, anne, ines, quai, main):
    path = reverse("office:travel", args=[anne.pk])
    one, two = sorted([quai.pk, main.pk])
    name = f"way_{one}_{two}"
    assert owner.post(path, shown(owner, path) | {name: "40"}).status_code == 302
    assert [way.minutes for way in anne.travels.all()] == [40]
    assert owner.post(path, shown(owner, path) | {name: "241"}).status_code == 422
    assert owner.post(path, shown(owner, path) | {name: ""}).status_code == 302
    assert not anne.travels.exists()
    colleague = sign_in(team["practitioner"])
    assert colleague.get(path).status_code == 403
    assert colleague.get(reverse("office:travel", args=[ines.pk])).status_code == 200


@pytest.mark.rule("3.8.7")
def test_a_site_is_given_up_once_nothing_names_it(owner, anne, quai, main):
    anne.schedule.write({3: MORNING}, {3: quai.pk})
    path = reverse("office:give_up_place", args=[quai.pk])
    assert "Quitter" in owner.post(path).content.decode()  # asked first
    refused = on_one_line(owner.post(path, {"yes": "1"}, follow=True).content.decode())
    assert "Anne Morel" in refused
    quai.refresh_from_db()
    assert not quai.archived
    anne.schedule.write({3: MORNING}, {})
    owner.post(path, {"yes": "1"})
    quai.refresh_from_db()
    assert quai.archived
    assert 'name="place_3"' not in page(owner, reverse("office:schedule", args=[anne.pk]))


def test_an_opening_and_an_appointment_say_where(owner, anne, quai, main, follow_up, julie):
    path = reverse("office:new_opening", args=[anne.pk])
    typed = {"date": "2026-12-12", "start": "9h", "end": "12h", "for_all": "on", "place": quai.pk}
    assert owner.post(path, typed).status_code == 302
    special = anne.schedule.special_days.get()
    assert special.place == quai
    edit = reverse("office:edit_opening", args=[special.pk])
    assert owner.post(edit, shown(owner, edit) | {"title": "Garde"}).status_code == 302
    special.refresh_from_db()
    assert (special.title, special.place) == ("Garde", quai)
    typed = {
        "patient": julie.pk, "practitioner": anne.pk, "type": follow_up.pk,
        "date": THURSDAY.isoformat(), "time": "09:00", "place": quai.pk, "send_email": "on",
    }  # fmt: skip
    at_home = make_type(anne.practice, "Visite", place="home")
    refused = owner.post("/pro/appointments/new/", typed | {"type": at_home.pk})
    assert refused.status_code == 422
    assert "laissez ce champ vide" in refused.content.decode()
    sheet = owner.post("/pro/appointments/new/", typed)["Location"]
    assert "Maison du Quai" in page(owner, sheet)
    made = follow_up.events.get().appointments.get()
    moved = {
        "date": "2026-12-04", "time": "09:00", "version": made.version, "place": quai.pk,
        "telling_shown": "on", "tell_patient": "on",
    }  # fmt: skip
    assert owner.post(f"{sheet}move/", moved).status_code == 302  # left as it was shown
    made.event.refresh_from_db()
    assert made.event.place == main
    made.refresh_from_db()
    moved |= {"version": made.version, "place": quai.pk}
    assert owner.post(f"{sheet}move/", moved).status_code == 302
    made.event.refresh_from_db()
    assert made.event.place == quai


@pytest.mark.rule("3.8.4")
def test_another_type_stays_at_the_site_that_the_sheet_shows(
    owner, anne, quai, main, follow_up, julie
):
    typed = {
        "patient": julie.pk, "practitioner": anne.pk, "type": follow_up.pk,
        "date": THURSDAY.isoformat(), "time": "09:00", "place": main.pk,
    }  # fmt: skip
    sheet = owner.post("/pro/appointments/new/", typed)["Location"]
    anne.schedule.write({3: MORNING}, {3: quai.pk})
    made = follow_up.events.get()
    for place in (main, None):  # or as before there were sites
        made.place = place
        made.save()
        assert f'<option value="{main.pk}" selected>' in page(owner, sheet)
        other = make_type(anne.practice, f"Rééducation {place}")
        change = {
            "date": THURSDAY.isoformat(), "time": "09:00", "type": other.pk, "place": main.pk,
            "version": made.appointments.get().version, "telling_shown": "on",
        }  # fmt: skip
        assert owner.post(f"{sheet}move/", change).status_code == 302
        made.refresh_from_db()
        assert (made.type, made.place) == (other, place)


@pytest.mark.rule("3.8.4")
def test_the_agenda_names_the_other_site(owner, anne, quai, main):
    anne.schedule.write({3: MORNING, 4: MORNING}, {3: quai.pk})
    rows = owner.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00").json()
    named = [(row["start"], row["url"]) for row in rows if row.get("title") == "Maison du Quai"]
    assert named == [("2026-12-03T00:00:00", reverse("office:schedule", args=[anne.pk]))]
