"""The room of an appointment: on the sheet, in the agenda, in the file, and who is in it where it is taken."""

import json

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.practices.models import Room
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.office.appointments.test_sheet import url
from tests.pages import anyway, on_one_line, shown


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


@pytest.fixture
def hers(scan, anne, julie):
    return book_appointment(scan, anne, at(THURSDAY, "11:00"), julie, by=By.patient(None), now=NOW)


@pytest.mark.rule("3.8.8")
def test_who_is_in_the_room_is_said_and_she_may_mean_it(owner, anne, scan, held, julie):
    typed = {
        "request_key": "8d3ff0b8-6a0b-4a0a-9a56-0d8b1b9d7c11",
        "patient": julie.pk, "practitioner": anne.pk, "type": scan.pk,
        "date": "2026-12-03", "time": "09:35",
    }  # fmt: skip
    told = owner.post("/pro/appointments/new/", typed)
    assert told.status_code == 409
    page = on_one_line(told.content.decode())
    assert "Échographe : pris par Inès Haddad de 09:30 à 10:00" in page
    assert "sans salle" in page
    made = anyway(owner, "/pro/appointments/new/", typed, "allow_overlap")
    assert made.status_code == 302
    appointment = Appointment.objects.get(patient=julie)
    assert (appointment.event.room, appointment.event.exclusive) == (None, True)
    assert "<dd>sans salle</dd>" in on_one_line(owner.get(made["Location"]).content.decode())


@pytest.mark.rule("3.8.9")
def test_the_sheet_changes_the_room_to_another_that_is_free(
    owner, scan, held, hers, room, practice
):
    other = Room.objects.create(practice=practice, name="Salle 2", position=1)
    taken = Room.objects.create(practice=practice, name="Salle 3", position=2)
    Room.objects.create(practice=practice, name="Vendue", archived=True)
    path = url("sheet", hers)
    again = book_appointment(
        scan, held.practitioner, at(THURSDAY, "10:00"), make_patient(practice),
        by=By.practice(None), now=NOW,
    )  # fmt: skip
    event = again.event
    event.room, event.start, event.end = taken, at(THURSDAY, "11:00"), at(THURSDAY, "11:30")
    event.save()
    page = owner.get(path).content.decode()
    assert "<dd>Échographe</dd>" in on_one_line(page)
    assert "Salle 2" in page
    assert "Salle 3" not in page
    assert "Vendue" not in page
    before = shown(owner, path)
    assert owner.post(path, before | {"room": other.pk}).status_code == 302
    hers.refresh_from_db()
    assert hers.event.room == other
    assert hers.history.last().action == "edited"
    assert owner.post(path, before | {"room": room.pk}).status_code == 409  # of an old page
    refused = owner.post(path, shown(owner, path) | {"room": taken.pk})
    assert refused.status_code == 409
    assert "Cette salle vient d’être prise" in refused.content.decode()
    assert owner.post(path, shown(owner, path) | {"room": ""}).status_code == 302
    hers.refresh_from_db()
    assert hers.event.room is None
    for fields in (shown(owner, path), {"version": hers.version}):
        fields = {name: value for name, value in fields.items() if name != "room"}
        assert owner.post(path, fields).status_code == 302


def test_a_page_without_rooms_changes_none(owner, hers, room):
    before = shown(owner, url("sheet", hers))
    del before["room"]
    assert owner.post(url("sheet", hers), before | {"practice_notes": "x"}).status_code == 302
    hers.refresh_from_db()
    assert hers.event.room == room


def test_a_room_of_another_practice_is_not_chosen(owner, hers, room, elsewhere):
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    path = url("sheet", hers)
    assert owner.post(path, shown(owner, path) | {"room": theirs.pk}).status_code == 422
    assert Appointment.objects.get().event.room == room


def test_a_drag_to_a_taken_room_says_who_is_there(owner, scan, held, hers, anne):
    typed = {
        "date": "2026-12-03", "time": "09:30", "end": "2026-12-03T10:00",
        "practitioner": anne.pk, "version": hers.version,
    }  # fmt: skip
    told = owner.post(url("move", hers), typed, headers={"accept": "application/json"})
    assert told.status_code == 409
    body = told.json()
    assert body["overlaps"]
    assert "Inès Haddad" in body["met"][0]
    done = owner.post(
        url("move", hers), typed | {"allow_overlap": body["mark"]},
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert done.status_code == 200
    hers.refresh_from_db()
    assert hers.event.room is None


def test_the_agenda_and_the_file_say_the_room(owner, hers, room):
    rows = json.loads(
        owner.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00").content
    )
    assert [row["room"] for row in rows if row.get("appointment") == hers.pk] == ["Échographe"]
    before = owner.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00")["ETag"]
    Room.objects.update(name="Salle bleue")
    after = owner.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00")["ETag"]
    assert before != after
    assert "Échographie · Salle bleue" in owner.get("/pro/?date=2026-12-03").content.decode()
    file = owner.get("/pro/appointments/export/?first=2026-12-03&last=2026-12-03")
    assert b"Salle bleue" in file.content
