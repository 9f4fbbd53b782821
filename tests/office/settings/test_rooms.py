"""Rooms and equipment: the owner's page, and the boxes on a type's."""

import pytest
from django.urls import reverse

from maia.practices.models import Place, Room
from maia.privacy.models import JournalEntry
from maia.schedules.sites import make_place
from tests.conftest import make_type
from tests.office.settings.test_settings import type_form
from tests.pages import on_one_line, shown

ROOMS = "/pro/settings/rooms/"


def change(client, room, action, **typed):
    return client.post(reverse("office:change_room", args=[room.pk, action]), typed)


def names(practice):
    return [room.name for room in practice.rooms.filter(archived=False)]


def test_rooms_are_added_named_and_ordered(owner, practice):
    assert "Aucune salle encore" in owner.get(ROOMS).content.decode()
    for name in ("Salle 1", "Échographe"):
        assert owner.post(ROOMS, {"name": name}).status_code == 302
    assert names(practice) == ["Salle 1", "Échographe"]
    for wrong in ("", " ", "Échographe", "x" * 81):
        assert owner.post(ROOMS, {"name": wrong}).status_code == 422, wrong
    first, second = practice.rooms.all()
    change(owner, second, "up")
    assert names(practice) == ["Échographe", "Salle 1"]
    change(owner, second, "up")  # it is the first
    change(owner, second, "down")
    assert names(practice) == ["Salle 1", "Échographe"]
    edit = reverse("office:edit_room", args=[first.pk])
    assert owner.post(edit, shown(owner, edit) | {"name": "Salle bleue"}).status_code == 302
    assert owner.post(edit, shown(owner, edit) | {"name": "Échographe"}).status_code == 422
    assert names(practice) == ["Salle bleue", "Échographe"]
    assert JournalEntry.objects.filter(detail__contains="Salle bleue").exists()


@pytest.mark.rule("3.8.8")
def test_archiving_says_what_becomes_of_the_types(owner, practice):
    scan, other = make_type(practice, "Échographie"), make_type(practice, "Monitoring")
    room, second = (Room.objects.create(practice=practice, name=name) for name in ("A", "B"))
    scan.save_rooms([room])
    other.save_rooms([room, second])
    asked = change(owner, room, "archive")
    page = on_one_line(asked.content.decode())
    assert "Échographie n’a plus besoin d’aucune salle" in page
    assert "Monitoring ne prend plus que : B." in page
    assert names(practice) == ["A", "B"]
    assert change(owner, room, "archive", yes="1").status_code == 302
    assert names(practice) == ["B"]
    change(owner, room, "restore")
    assert list(scan.rooms.all()) == [room]
    assert change(owner, second, "nonsense").status_code == 404


def test_a_type_says_which_rooms_it_needs(owner, practice):
    type = make_type(practice)
    path = reverse("office:edit_type", args=[type.pk])
    assert "rooms" not in shown(owner, path)
    room = Room.objects.create(practice=practice, name="Échographe")
    gone = Room.objects.create(practice=practice, name="Vendue", archived=True)
    before = shown(owner, path)
    assert owner.post(path, before | {"rooms": [room.pk]}).status_code == 302
    assert list(type.rooms.all()) == [room]
    type.save_rooms([room, gone])
    page = owner.get(path).content.decode()
    assert "Vendue (archivée)" in page
    # What she did not change stays, whoever changed it meanwhile.
    assert owner.post(path, before | {"name": "Autre"}).status_code == 302
    assert set(type.rooms.all()) == {room, gone}
    made = owner.post("/pro/settings/types/new/", type_form(rooms=[room.pk]))
    assert made.status_code == 302
    assert list(practice.appointment_types.get(name="Rééducation").rooms.all()) == [room]


def test_a_room_of_another_practice_is_none(owner, practice, elsewhere):
    theirs = Room.objects.create(practice=elsewhere["practice"], name="Ailleurs")
    assert owner.post("/pro/settings/types/new/", type_form(rooms=[theirs.pk])).status_code == 422
    assert not practice.appointment_types.exists()


def test_a_room_is_of_a_site_where_there_are_several(owner, practice):
    assert 'name="place"' not in owner.get(ROOMS).content.decode()
    site = make_place(Place(practice=practice, name="Le Quai"))
    assert owner.post(ROOMS, {"name": "Salle 1", "place": site.pk}).status_code == 302
    room = Room.objects.get()
    assert room.place == site
    edit = reverse("office:edit_room", args=[room.pk])
    assert owner.post(edit, shown(owner, edit) | {"name": "Salle bleue"}).status_code == 302
    room.refresh_from_db()
    assert (room.name, room.place) == ("Salle bleue", site)
