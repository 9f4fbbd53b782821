"""Rooms and equipment that practitioners share: one uses each at a time (rules 3.3 and 3.8)."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from maia.appointments.models import Event
from maia.practices.models import Practitioner, Room
from maia.schedules.copying import duplicate
from maia.tenants.belonging import rows_of
from tests.conftest import THURSDAY, at, make_type


@pytest.fixture
def ines(practice, anne):
    return Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")


@pytest.fixture
def room(practice):
    return Room.objects.create(practice=practice, name="Échographe")


def event(type, practitioner, start, end, room=None, **fields):
    return Event.objects.create(
        practice=practitioner.practice,
        practitioner=practitioner,
        type=type,
        kind="appointment",
        start=at(THURSDAY, start),
        end=at(THURSDAY, end),
        room=room,
        **fields,
    )


def test_the_database_itself_refuses_two_in_one_room(follow_up, anne, ines, room, practice):
    first = event(follow_up, anne, "09:00", "10:00", room)
    event(follow_up, ines, "10:00", "10:30", room)  # back to back
    event(follow_up, ines, "09:15", "09:45", room, blocking=False)
    event(follow_up, ines, "09:15", "09:45", Room.objects.create(practice=practice, name="2"))
    other = event(follow_up, ines, "08:00", "09:00", room)
    nowhere = [event(follow_up, who, "15:00", "16:00") for who in (anne, ines)]
    zoe = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    for clash in (("09:59", "10:01"), ("08:00", "12:00"), ("09:15", "09:20")):
        for exclusive in (True, False):  # on purpose neither
            with pytest.raises(IntegrityError, match="room_no_overlap"), transaction.atomic():
                event(follow_up, zoe, *clash, room, exclusive=exclusive)
    for wrong in (
        lambda: Event.objects.filter(pk=first.pk).update(start=at(THURSDAY, "08:45")),
        lambda: Event.objects.filter(pk=other.pk).update(end=at(THURSDAY, "09:15")),
        lambda: Event.objects.filter(pk__in=[one.pk for one in nowhere]).update(room=room),
        lambda: Event.objects.filter(room=room).update(blocking=True),
    ):
        with pytest.raises(IntegrityError, match=r"_no_overlap"), transaction.atomic():
            wrong()
    Event.objects.filter(pk=first.pk).update(start=at(THURSDAY, "09:01"))  # itself is no clash


def test_a_room_with_events_is_not_deleted(follow_up, anne, room):
    event(follow_up, anne, "09:00", "10:00", room, blocking=False)
    with pytest.raises(ProtectedError):
        room.delete()


def test_a_type_is_copied_and_exported_with_its_rooms(practice, room):
    type = make_type(practice)
    type.rooms.set([room])
    copy = duplicate(type, "Copie")
    assert list(copy.rooms.all()) == [room]
    assert rows_of(type.rooms.through, practice).count() == 2
    assert list(rows_of(Room, practice)) == [room]
