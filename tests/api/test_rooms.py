"""Rooms as scripts meet them: patients see nothing of rooms, the practice is told."""

from functools import partial

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.practices.models import Place, Room
from maia.schedules.sites import make_place
from tests.api.conftest import assert_problem
from tests.api.test_booking import book, slots
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

TAKEN = "2026-12-03T09:30:00+01:00"


@pytest.fixture
def room(practice):
    return Room.objects.create(practice=practice, name="Échographe")


@pytest.fixture
def scan(practice, room):
    type = make_type(practice, "Échographie")
    type.save_rooms([room])
    return type


@pytest.fixture
def held(scan, ines, practice):
    """By Inès, from 9:30 to 10:00."""
    return book_appointment(
        scan, ines, at(THURSDAY, "09:30"), make_patient(practice), by=By.patient(None), now=NOW
    )


@pytest.mark.rule("3.3.8")
def test_what_is_offered_is_what_a_patient_gets(patient, anybody, scan, held, anne):
    offered = slots(anybody, scan, practitioner=anne.pk)
    starts = [one["start"][11:16] for one in offered.json()["slots"]]
    assert starts[:3] == ["09:00", "10:00", "10:30"]
    lost = book(patient, scan, anne, TAKEN)
    body = assert_problem(lost, 409, "slot_taken")
    assert [one["start"][11:16] for one in body["alternatives"]][:2] == ["09:00", "10:00"]
    made = book(patient, scan, anne, "2026-12-03T10:00:00+01:00")
    assert made.status_code == 201
    for answer in (offered, lost, made):
        assert b"room" not in answer.content
        assert "Échographe" not in answer.content.decode()


@pytest.mark.rule("3.8.8")
def test_the_practice_overlaps_a_room_on_purpose_and_does_without(owner, scan, held, anne, julie):
    wanted = {"patient": julie.pk, "type": scan.pk, "practitioner": anne.pk, "start": TAKEN}
    assert_problem(owner.call("POST", "office/appointments", wanted), 409, "room_taken")
    made = owner.call("POST", "office/appointments", wanted | {"allow_overlap": True})
    assert made.status_code == 201
    assert Appointment.objects.get(uid=made.json()["id"]).event.room is None


@pytest.mark.rule("3.8.9")
def test_a_move_finds_a_room_or_is_refused(owner, scan, held, anne, julie, room, practice):
    wanted = {"patient": julie.pk, "type": scan.pk, "practitioner": anne.pk}
    early = {"start": "2026-12-03T09:00:00+01:00"}
    made = owner.call("POST", "office/appointments", wanted | early).json()
    move = f"office/appointments/{made['id']}/move"
    assert_problem(owner.call("POST", move, {"start": TAKEN}), 409, "room_taken")
    other = Room.objects.create(practice=practice, name="Salle 2", position=1)
    scan.save_rooms([*scan.rooms.all(), other])
    assert owner.call("POST", move, {"start": TAKEN}).status_code == 200
    assert Appointment.objects.get(uid=made["id"]).event.room == other


def test_rooms_are_made_changed_and_archived(owner, script_of, team, practice, room, elsewhere):
    made = owner.call("POST", "office/rooms", {"name": " Salle  2 "}, **{"Idempotency-Key": "a"})
    assert made.status_code == 201, made.content
    body = made.json()
    assert body == {
        "id": body["id"],
        "name": "Salle 2",
        "position": 1,
        "archived": False,
        "place": None,
    }
    again = owner.call("POST", "office/rooms", {"name": " Salle  2 "}, **{"Idempotency-Key": "a"})
    assert again.json() == body
    path = f"office/rooms/{body['id']}"
    changed = owner.call("PATCH", path, {"archived": True, "position": 0})
    assert changed.json() == {**body, "archived": True, "position": 0}
    for wrong in ({"name": ""}, {"name": "Échographe"}, {"name": "x" * 81}, {"position": -1}):
        assert_problem(owner.call("PATCH", path, wrong), 422, "invalid")
    twice = owner.call("POST", "office/rooms", {"name": "Échographe"})
    assert [error["field"] for error in assert_problem(twice, 422, "invalid")["errors"]] == ["name"]
    listed = owner.call("GET", "office/rooms").json()["items"]
    assert [one["name"] for one in listed] == ["Échographe", "Salle 2"]
    hers = script_of(team["practitioner"], practice)
    assert hers.call("GET", "office/rooms").status_code == 200
    assert_problem(hers.call("PATCH", path, {"name": "Z"}), 403, "forbidden")
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    for method in ("GET", "PATCH", "DELETE"):
        asked = owner.call(method, f"office/rooms/{theirs.pk}", {} if method == "PATCH" else None)
        assert_problem(asked, 404, "not_found")
    assert owner.call("DELETE", path).status_code == 204


def test_a_room_in_use_is_archived_instead(owner, scan, held, room):
    path = f"office/rooms/{room.pk}"
    assert_problem(owner.call("DELETE", path), 409, "in_use")
    scan.save_rooms([])
    assert_problem(owner.call("DELETE", path), 409, "in_use")
    held.event.delete()
    assert owner.call("DELETE", path).status_code == 204


def test_a_types_rooms(owner, practice, room, elsewhere):
    typed = {"name": "Monitoring", "duration_minutes": 30, "rooms": [room.pk]}
    made = owner.call("POST", "office/appointment-types", typed)
    assert made.json()["rooms"] == [room.pk]
    path = f"office/appointment-types/{made.json()['id']}"
    assert practice.appointment_types.get(name="Monitoring").needs_room
    assert owner.call("PATCH", path, {"name": "Autre"}).json()["rooms"] == [room.pk]
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    assert_problem(owner.call("PATCH", path, {"rooms": [theirs.pk]}), 404, "not_found")
    assert owner.call("PATCH", path, {"rooms": []}).json()["rooms"] == []
    assert not practice.appointment_types.get(name="Autre").needs_room


@pytest.mark.rule("3.8.9")
def test_an_appointment_is_put_into_another_room(
    owner, held, room, practice, scan, anne, elsewhere
):
    path = f"office/appointments/{held.uid}"
    assert owner.call("GET", path).json()["room"] == room.pk
    assert owner.call("PATCH", path, {"sms_reminder": False}).json()["room"] == room.pk
    other = Room.objects.create(practice=practice, name="Salle 2")
    assert owner.call("PATCH", path, {"room": other.pk}).json()["room"] == other.pk
    version = owner.call("GET", path).json()["version"]
    assert owner.call("PATCH", path, {"room": other.pk}).json()["version"] == version
    book_appointment(
        scan, anne, held.start, make_patient(practice, "Zoé"), by=By.practice(None), now=NOW
    )
    assert_problem(owner.call("PATCH", path, {"room": room.pk}), 409, "room_taken")
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    assert_problem(owner.call("PATCH", path, {"room": theirs.pk}), 404, "not_found")
    Room.objects.filter(pk=room.pk).update(archived=True)
    assert owner.call("PATCH", path, {"room": None}).json()["room"] is None


def test_a_room_is_at_a_site(owner, practice, elsewhere, room):
    path = f"office/rooms/{room.pk}"
    site = make_place(Place(practice=practice, name="Le Quai"))
    theirs = make_place(Place(practice=elsewhere["practice"], name="Loin"))
    assert owner.call("PATCH", path, {"place": site.pk}).json()["place"] == site.pk
    assert_problem(owner.call("PATCH", path, {"place": theirs.pk}), 404, "not_found")
    assert owner.call("PATCH", path, {"name": "Écho"}).json()["place"] == site.pk
    assert owner.call("PATCH", path, {"place": None}).json()["place"] is None


@pytest.mark.rule("3.8.8")
def test_the_practice_chooses_the_room(owner, scan, anne, julie, room, practice, elsewhere):
    second, third = (
        Room.objects.create(practice=practice, name=name, position=n)
        for n, name in enumerate(("Salle 2", "Salle 3"), start=1)
    )
    site = make_place(Place(practice=practice, name="Le Quai"))
    far = Room.objects.create(practice=practice, name="Salle du quai", place=site, position=3)
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    scan.save_rooms([room, second, far])
    wanted = {"patient": julie.pk, "type": scan.pk, "practitioner": anne.pk, "start": TAKEN}
    book = partial(owner.call, "POST", "office/appointments")
    assert_problem(book(wanted | {"room": third.pk}), 409, "not_its_room")
    assert_problem(book(wanted | {"room": far.pk}), 409, "room_elsewhere")
    assert_problem(book(wanted | {"room": theirs.pk}), 404, "not_found")
    made = book(wanted | {"room": second.pk})
    assert made.json()["room"] == second.pk

    def change(**fields):
        return owner.call("POST", f"office/appointments/{made.json()['id']}/change", fields)

    later = "2026-12-03T11:00:00+01:00"
    assert change(start=later).json()["room"] == second.pk
    assert change(start=TAKEN, room=room.pk).json()["room"] == room.pk
    version = change(room=second.pk).json()["version"]
    moves = Appointment.objects.get(uid=made.json()["id"]).history.filter(action="moved")
    assert moves.count() == 2  # who changes the room alone has not moved it
    assert change(room=second.pk).json()["version"] == version
    for key, code in ((third.pk, "not_its_room"), (far.pk, "room_elsewhere")):
        assert_problem(change(room=key), 409, code)
        assert_problem(change(room=key, start=later), 409, code)
    Room.objects.filter(pk=room.pk).update(archived=True)
    assert_problem(change(room=room.pk), 409, "not_its_room")


@pytest.mark.rule("3.8.8")
def test_a_chosen_room_that_is_taken_is_no_other_one(
    owner, scan, held, anne, julie, room, practice
):
    scan.save_rooms([room, Room.objects.create(practice=practice, name="Salle 2", position=1)])
    wanted = {
        "patient": julie.pk, "type": scan.pk, "practitioner": anne.pk, "start": TAKEN,
        "room": room.pk,
    }  # fmt: skip
    assert_problem(owner.call("POST", "office/appointments", wanted), 409, "room_taken")
    made = owner.call("POST", "office/appointments", wanted | {"allow_overlap": True})
    assert (made.status_code, made.json()["room"]) == (201, None)
    path = f"office/appointments/{made.json()['id']}/change"
    assert_problem(owner.call("POST", path, {"room": room.pk}), 409, "room_taken")
    move = {"start": "2026-12-03T09:15:00+01:00", "room": room.pk}
    assert_problem(owner.call("POST", path, move), 409, "room_taken")
