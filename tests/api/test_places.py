"""Sites of a practice, hours and types at one of them, and the way between two, as a script has them."""

import pytest

from maia.appointments.models import Event
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.practices.models import Place
from maia.privacy.models import JournalEntry
from tests.api.conftest import assert_problem
from tests.conftest import NOW, THURSDAY, make_patient, make_type

DAY = THURSDAY.isoformat()
QUAI = {
    "name": "Maison du Quai", "street": "1 quai Neuf", "postcode": "35400", "city": "Saint-Malo",
    "directions": "Au premier",
}  # fmt: skip
WEEK = {"wednesday": [["09:00", "12:00"]], "thursday": [["09:00", "12:00"]]}


@pytest.fixture
def quai(owner, practice, anne):
    return owner.call("POST", "office/places", QUAI).json()["id"]


@pytest.fixture
def colleague(script_of, team, practice):
    return script_of(team["practitioner"], practice)


@pytest.fixture
def main(quai, practice):
    return Place.objects.get(practice=practice, is_main=True).pk


def slots(script, type):
    anne = type.practice.practitioners.get(last_name="Morel")
    path = f"practices/tilleuls/slots?type={type.pk}&practitioner={anne.pk}&from={DAY}&to={DAY}"
    return [
        (slot["start"][11:16], slot["place"]) for slot in script.call("GET", path).json()["slots"]
    ]


def test_the_first_site_brings_the_main_one(owner, practice, anne):
    assert owner.call("GET", "office/places").json()["items"] == []
    made = owner.call("POST", "office/places", QUAI)
    assert made.status_code == 201
    main, quai = owner.call("GET", "office/places").json()["items"]
    assert (main["main"], main["name"], main["street"]) == (True, practice.name, practice.street)
    assert quai == made.json() == {
        "id": quai["id"], "kind": "site", "phone": "", "link": "", "main": False, **QUAI,
    }  # fmt: skip
    path = f"office/places/{quai['id']}"
    assert owner.call("PATCH", path, {"city": "Dinard"}).json() == quai | {"city": "Dinard"}
    assert owner.call("GET", path).json()["city"] == "Dinard"
    assert JournalEntry.objects.filter(detail__contains="Maison du Quai").count() == 2
    public = owner.call("GET", "practices/tilleuls").json()["places"]
    assert [place["address"] for place in public] == [
        practice.address, "1 quai Neuf, 35400 Dinard",
    ]  # fmt: skip


def test_the_first_one_cannot_be_called_as_the_main_one_will_be(owner, practice):
    answer = owner.call("POST", "office/places", {"name": practice.name})
    assert_problem(answer, 422, "invalid")
    assert not Place.objects.exists()


def test_bad_places_are_refused_where_they_were_typed(owner, quai, main):
    assert_problem(owner.call("POST", "office/places", QUAI), 422, "invalid")  # the name is taken
    second = owner.call("POST", "office/places", {"name": "Deux"}).json()["id"]
    written_otherwise = owner.call("PATCH", f"office/places/{second}", {"name": "maison DU quai"})
    assert_problem(written_otherwise, 422, "invalid")
    taken = owner.call("PATCH", f"office/places/{second}", {"name": QUAI["name"]})
    assert_problem(taken, 422, "invalid")
    for wrong in (
        {"name": " "}, {"name": "x" * 81}, {"name": "A", "kind": "moon"},
        {"name": "A", "phone": "12"}, {"name": "A", "link": "http://a.example/"},
        {"name": "A", "postcode": "12345678901"}, {},
    ):  # fmt: skip
        assert_problem(owner.call("POST", "office/places", wrong), 422, "invalid")
    assert_problem(owner.call("PATCH", f"office/places/{main}", {"city": "Paris"}), 422, "invalid")
    assert_problem(owner.call("DELETE", f"office/places/{main}"), 409, "in_use")
    assert owner.call("PATCH", f"office/places/{main}", {"name": "Ici"}).json()["name"] == "Ici"


def test_sites_that_were_called_almost_alike_keep_their_names(owner, practice, quai, main):
    """Since before that was refused: each is changed all the same."""
    old = practice.places.create(name="maison du quai", street="2 quai Neuf", city="Saint-Malo")
    path = f"office/places/{old.pk}"
    assert owner.call("PATCH", path, {"directions": "Au fond"}).status_code == 200
    assert_problem(owner.call("PATCH", path, {"name": "MAISON du quai"}), 422, "invalid")


def test_only_the_owner_makes_places_and_nobody_of_another_practice(
    owner, colleague, elsewhere, quai
):
    assert colleague.call("GET", "office/places").status_code == 200
    for method, path, body in (
        ("POST", "office/places", {"name": "A"}),
        ("PATCH", f"office/places/{quai}", {"city": "A"}),
        ("DELETE", f"office/places/{quai}", None),
    ):
        assert_problem(colleague.call(method, path, body), 403, "forbidden")
    there = Place.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    for method in ("GET", "PATCH", "DELETE"):
        assert_problem(owner.call(method, f"office/places/{there.pk}", {}), 404, "not_found")
    week = WEEK | {"places": {"thursday": there.pk}}
    assert_problem(owner.call("PUT", "office/schedule", week), 404, "not_found")


@pytest.mark.rule("3.8.4")
def test_hours_say_at_which_site_and_who_says_nothing_keeps_it(owner, anne, follow_up, quai, main):
    week = WEEK | {"places": {"wednesday": main, "thursday": quai}}
    answer = owner.call("PUT", "office/schedule", week)
    assert answer.json() == WEEK | {"places": {"thursday": quai}}
    assert slots(owner, follow_up)[0] == ("09:00", quai)
    later = WEEK | {"thursday": [["10:00", "12:00"]]}
    assert owner.call("PUT", "office/schedule", later).json()["places"] == {"thursday": quai}
    assert slots(owner, follow_up)[0] == ("10:00", quai)
    assert owner.call("PUT", "office/schedule", later | {"places": {}}).json() == later
    assert slots(owner, follow_up)[0] == ("10:00", main)
    opening = {"date": DAY, "hours": [["18:00", "19:00"]], "place": quai}
    owner.call("POST", "office/schedule/special-days", opening)
    assert slots(owner, follow_up) == [("18:00", quai), ("18:30", quai)]
    preview = owner.call("GET", f"office/schedule/preview?from={DAY}&to={DAY}").json()
    assert preview["days"][0]["place"] == quai


@pytest.mark.rule("3.8.5")
def test_a_type_of_some_sites(owner, anne, follow_up, quai, main):
    owner.call("PUT", "office/schedule", WEEK | {"places": {"thursday": quai}})
    path = f"office/appointment-types/{follow_up.pk}"
    assert owner.call("PATCH", path, {"places": [main]}).json()["places"] == [main]
    assert slots(owner, follow_up) == []
    assert owner.call("PATCH", path, {"places": [quai]}).json()["places"] == [quai]
    assert slots(owner, follow_up)[0] == ("09:00", quai)
    assert owner.call("GET", path).json()["places"] == [quai]
    wrong = {"place": "home", "places": [quai]}
    assert_problem(owner.call("PATCH", path, wrong), 422, "invalid")
    assert owner.call("PATCH", path, {"place": "home"}).json()["places"] == []
    assert_problem(owner.call("PATCH", path, {"places": [10**9]}), 404, "not_found")


@pytest.mark.rule("3.8.6")
def test_the_way_between_two_sites(owner, anne, follow_up, practice, quai, main):
    owner.call("PUT", "office/schedule", WEEK | {"places": {"thursday": quai}})
    booked = {
        "patient": make_patient(practice).pk, "type": follow_up.pk, "practitioner": anne.pk,
        "start": f"{DAY}T09:00:00+01:00", "place": main,
    }  # fmt: skip
    made = owner.call("POST", "office/appointments", booked).json()
    assert (made["place"]["site"], made["place"]["address"]) == (main, practice.address)
    ways = {"ways": [{"between": [quai, main], "minutes": 40}]}
    written = owner.call("PUT", f"office/travel?practitioner={anne.pk}", ways).json()
    assert written == {"ways": [{"between": sorted([quai, main]), "minutes": 40}]}
    assert slots(owner, follow_up)[0] == ("10:10", quai)
    Event.objects.update(place=None)  # as booked before there were sites
    assert slots(owner, follow_up)[0] == ("10:10", quai)
    for wrong in (
        [{"between": [quai, quai], "minutes": 5}], [{"between": [quai, 10**9], "minutes": 5}],
        [{"between": [quai, main], "minutes": 0}], [{"between": [quai], "minutes": 5}],
        [*ways["ways"], {"between": [main, quai], "minutes": 5}],
    ):  # fmt: skip
        answer = owner.call("PUT", f"office/travel?practitioner={anne.pk}", {"ways": wrong})
        assert_problem(answer, 422, "invalid")
    assert owner.call("GET", f"office/travel?practitioner={anne.pk}").json() == written


@pytest.mark.rule("3.8.7")
def test_a_site_is_given_up_when_nothing_names_it(owner, anne, follow_up, practice, quai, main):
    owner.call("PUT", "office/schedule", WEEK | {"places": {"thursday": quai}})
    owner.call("PATCH", f"office/appointment-types/{follow_up.pk}", {"places": [quai]})
    start = f"{DAY}T09:00:00+01:00"
    booked = {
        "patient": make_patient(practice).pk, "type": follow_up.pk, "practitioner": anne.pk,
        "start": start,
    }  # fmt: skip
    made = owner.call("POST", "office/appointments", booked).json()
    refused = owner.call("DELETE", f"office/places/{quai}")
    assert_problem(refused, 409, "in_use")
    assert anne.name in refused.json()["detail"]
    assert follow_up.name in refused.json()["detail"]
    owner.call("PATCH", f"office/appointment-types/{follow_up.pk}", {"places": []})
    # Who is there would be left at a site where the practitioner is not.
    stranded = owner.call("PUT", "office/schedule", WEEK | {"places": {}})
    assert_problem(stranded, 409, "stranded")
    assert [one["id"] for one in stranded.json()["appointments"]] == [made["id"]]
    owner.call("PUT", "office/schedule", WEEK | {"places": {}, "confirm": True})
    Event.objects.update(place=None)  # as booked before there were sites: at the main one
    moved = WEEK | {"places": {"thursday": quai}}
    assert_problem(owner.call("PUT", "office/schedule", moved), 409, "stranded")
    Event.objects.update(place=quai)
    assert owner.call("DELETE", f"office/places/{quai}").status_code == 204
    assert_problem(owner.call("GET", f"office/places/{quai}"), 404, "not_found")
    kept = owner.call("GET", f"office/appointments/{made['id']}").json()["place"]
    assert (kept["words"], kept["site"]) == ("Maison du Quai", quai)
    again = owner.call("POST", "office/places", QUAI)  # its name is free
    assert again.status_code == 201


def test_another_site_is_a_change_that_the_patient_is_told_of(
    owner, anne, follow_up, practice, quai, main
):
    booked = {
        "patient": make_patient(practice, email="marie@patiente.example").pk,
        "type": follow_up.pk, "practitioner": anne.pk, "start": f"{DAY}T09:00:00+01:00",
    }  # fmt: skip
    made = owner.call("POST", "office/appointments", booked).json()
    path = f"office/appointments/{made['id']}/change"
    at_home = make_type(practice, place="home").pk
    for wrong in (
        owner.call("POST", path, {"place": quai, "type": at_home}),
        owner.call("POST", "office/appointments", booked | {"place": quai, "type": at_home}),
    ):
        assert_problem(wrong, 422, "invalid")
    changed = owner.call("POST", path, {"place": quai}).json()
    assert changed["place"]["address"] == "1 quai Neuf, 35400 Saint-Malo"
    assert changed["start"] == made["start"]
    other = make_type(practice, "Rééducation").pk
    changed = owner.call("POST", path, {"type": other}).json()
    assert (changed["type"], changed["place"]["site"]) == (other, quai)  # where it was put
    announce(NOW)
    assert Message.objects.filter(kind="moved", recipient="patient").exists()
