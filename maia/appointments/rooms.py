"""Which room an appointment takes (rules 3.4.15 and 3.8.8): the first that is free, in the practice's order.

Chosen while the rooms are held, which always comes after records and agendas: two at once, with two
practitioners, follow each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from maia.appointments.agenda import By
from maia.appointments.exceptions import NotItsRoom, RoomElsewhere, RoomTaken, SlotTaken
from maia.appointments.models import Appointment, Event
from maia.practices.models import Room
from maia.schedules.models import AppointmentType


def hold_rooms(type: AppointmentType, *others: int | None) -> list[Room]:
    """Those that the type may take, in order, and ``others`` by their keys before them; held until the
    transaction ends. One query."""
    return _rooms(type, others, hold=True)


def may_take(
    appointment: Appointment, type: AppointmentType | None = None, *, hold: bool = False
) -> list[Room]:
    """Those that it may take where it moves: its own first, which it keeps where that is free; as another
    ``type``, if that one takes it too. ``hold``: as `hold_rooms`. One query."""
    own = appointment.event.room_id
    if type is None or type == appointment.type:
        return _rooms(appointment.type, [own], hold=hold)
    return sorted(_rooms(type, [], hold=hold), key=lambda room: room.pk != own)


def rooms_of(type: AppointmentType) -> list[Room]:
    """Those that it may take, in order. One query."""
    return _rooms(type, [], hold=False)


def _rooms(type: AppointmentType, others: Sequence[int | None], *, hold: bool) -> list[Room]:
    mine = [key for key in others if key is not None]
    if not type.needs_room and not mine:
        return []
    ticked = AppointmentType.rooms.through.objects.filter(appointmenttype=type).values("room")
    wanted = Room.objects.filter(Q(pk__in=ticked) | Q(pk__in=mine), archived=False)
    if hold:  # in one order, whoever holds some
        wanted = wanted.select_for_update(no_key=True).order_by("pk")
    ranks = {key: rank for rank, key in enumerate(mine)}
    return sorted(wanted, key=lambda room: (ranks.get(room.pk, len(mine)), room.position, room.pk))


def all_are_taken(
    type: AppointmentType, start: datetime, end: datetime, *, but: Any = None
) -> bool:
    """Whether it needs a room and none is free, wherever: asked before queueing for the locks. ``but``: rows of one
    column of keys of events. One query at most."""
    if not type.needs_room:
        return False
    met = Event.objects.filter(room=OuterRef("pk"), blocking=True, end__gt=start, start__lt=end)
    others = met if but is None else met.exclude(pk__in=but)
    taken = list(type.rooms.filter(archived=False).values_list(Exists(others), flat=True))
    return bool(taken) and all(taken)


def hold_room(room: Room) -> list[Room]:
    """The one that somebody chose; nothing where it is archived. One query."""
    return list(Room.objects.select_for_update(no_key=True).filter(pk=room.pk, archived=False))


def chosen_of(rooms: list[Room], chosen: Room | None, site: int | None) -> list[Room]:
    """Of ``rooms``, that alone which the practice has ``chosen``; none chosen: all. Raises `NotItsRoom`,
    `RoomElsewhere`."""
    if chosen is None:
        return rooms
    if chosen not in rooms:
        raise NotItsRoom
    if not chosen.is_at(site):
        raise RoomElsewhere
    return [chosen]


def room_for(
    rooms: Sequence[Room],
    start: datetime,
    end: datetime,
    *,
    by: By,
    may_do_without: bool,
    site: int | None,
    but: int = 0,
) -> Room | None:
    """The first of ``rooms`` that is free in ``[start, end)`` at ``site``, an event ``but`` apart; None of none.

    Where all are taken, None if it ``may_do_without``; else raises `RoomTaken`, and to a patient `SlotTaken`.
    At most one query.
    """
    if not rooms:
        return None
    met = Event.objects.filter(room__in=rooms, blocking=True).touching(start, end)
    taken = set(met.exclude(pk=but).values_list("room", flat=True))
    free = next((one for one in rooms if one.is_at(site) and one.pk not in taken), None)
    if free is None and not may_do_without:
        raise SlotTaken if by.is_patient else RoomTaken
    return free


def put_into(appointment: Appointment, room: Room | None, by: By) -> None:
    """Another room from now on, or none; inside the lock of its agenda. Raises `RoomTaken`, `RoomElsewhere`."""
    event = appointment.event
    if room is not None:
        if not room.is_at(event.place_id):
            raise RoomElsewhere
        held = hold_room(room)
        if not held:
            raise RoomTaken  # archived since
        room_for(held, event.start, event.end, by=by, may_do_without=False, but=event.pk, site=None)
    event.room = room
    event.save(update_fields=["room"])


def rooms_at(appointment: Appointment) -> list[Room]:
    """Those that are free at its time, and its own, whichever they are: it may be put into each. One query."""
    event = appointment.event
    met = Event.objects.filter(room=OuterRef("pk"), blocking=True, end__gt=event.start)
    taken = met.filter(start__lt=event.end).exclude(pk=event.pk)
    free = Q(archived=False) & ~Q(Exists(taken))
    rooms = appointment.practice.rooms.filter(free | Q(pk=event.room_id))
    return [room for room in rooms if room.is_at(event.place_id) or room.pk == event.room_id]


def who_is_in(
    rooms: Sequence[Room], start: datetime, end: datetime, *, but: int = 0
) -> list[Event]:
    """What keeps ``rooms`` in ``[start, end)``, with its room and its practitioner, by time."""
    met = Event.objects.filter(room__in=rooms, blocking=True).touching(start, end)
    others = met.exclude(pk=but).select_related("room", "practitioner")
    return sorted(others, key=lambda event: (event.start, event.pk))
