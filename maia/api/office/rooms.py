"""Rooms and equipment that practitioners share."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, seat, written_down
from maia.api.fields import Body, Bool, Id, Key, Whole
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import Refused, errors
from maia.patients.text import clean_line
from maia.practices.held import hold
from maia.practices.models import Place, Practice, Room
from maia.privacy.journal import Act

router = Router(tags=["office"], auth=OfficeToken())
MOST = 32_767  # what the column holds


class RoomIn(Body):
    name: str = Field(min_length=1, max_length=80, examples=["Échographe"])
    position: Whole | None = Field(
        None, ge=0, le=MOST, description="The first that is free is taken. Default: the last."
    )
    archived: Bool = Field(False, description="Nothing new takes it.")
    place: Key | None = Field(None, description="A site; null: it goes where it is needed.")


class RoomPatch(Body):
    """What is left out stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=80)
    position: Whole | None = Field(None, ge=0, le=MOST)
    archived: Bool | None = None
    place: Key | None = None


class RoomOut(Schema):
    id: int
    name: str
    position: int
    archived: bool
    place: int | None


class RoomsOut(Schema):
    items: list[RoomOut]
    next: str | None


def shown(room: Room) -> dict[str, Any]:
    return {
        "id": room.pk,
        "name": room.name,
        "position": room.position,
        "archived": room.archived,
        "place": room.place_id,
    }


@router.get("", response={200: RoomsOut, **errors(401, 403, 422, 429)})
def list_rooms(request: HttpRequest, paging: Pages) -> Any:
    return page(seat(request).practice.rooms.all(), paging, shown)


@router.post("", response={201: RoomOut, **errors(400, 401, 403, 404, 422, 429)})
def create_room(request: HttpRequest, typed: RoomIn) -> HttpResponse:
    """By the owner, as every change of a room."""
    practice = _may_change(request)

    def create() -> Made:
        fresh = Room(practice=practice, position=practice.rooms.count())
        made = _write(request, fresh, typed.dict())
        return [str(made.pk)], shown(made)

    return once(request, create, lambda names: shown(_get(request, int(names[0]))))


@router.get("/{id}", response={200: RoomOut, **errors(401, 403, 404, 422, 429)})
def read_room(request: HttpRequest, id: Id) -> Any:
    return shown(_get(request, id))


@router.patch("/{id}", response={200: RoomOut, **errors(400, 401, 403, 404, 422, 429)})
def change_room(request: HttpRequest, id: Id, typed: RoomPatch) -> Any:
    """A type all of whose rooms are archived needs none; what stands in one stays there."""
    _may_change(request)
    room = _get(request, id)
    with transaction.atomic():
        hold(room)
        written = _write(request, room, typed.dict(exclude_unset=True))
    return shown(written)


@router.delete("/{id}", response={204: None, **errors(401, 403, 404, 409, 422, 429)})
def delete_room(request: HttpRequest, id: Id) -> Any:
    """Only one that no appointment has, nor a type needs; archive the others."""
    _may_change(request)
    room = _get(request, id)
    with transaction.atomic():
        hold(room)
        if room.types.exists():
            raise _in_use()
        try:
            room.delete()
        except ProtectedError:
            raise _in_use() from None
        _note(request, room)
    return 204, None


def _in_use() -> Refused:
    return Refused(409, "in_use", "Appointments have this room, or types need it: archive it.")


def _may_change(request: HttpRequest) -> Practice:
    if not seat(request).may_change_practice:
        raise PermissionDenied
    return seat(request).practice


def _get(request: HttpRequest, id: int) -> Room:
    found: Room = get_object_or_404(seat(request).practice.rooms, pk=id)
    return found


def _write(request: HttpRequest, room: Room, typed: dict[str, Any]) -> Room:
    if "place" in typed:
        key = typed.pop("place")
        sites = Place.objects.live_sites().filter(practice=room.practice)
        room.place = None if key is None else get_object_or_404(sites, pk=key)
    for field, value in typed.items():
        if value is not None:
            setattr(room, field, clean_line(value) if field == "name" else value)
    room.full_clean(exclude={"practice"}, validate_constraints=False)
    others = Room.objects.filter(practice=room.practice, name=room.name).exclude(pk=room.pk)
    if others.exists():
        raise ValidationError({"name": "another room has this name, perhaps an archived one"})
    room.save()
    _note(request, room)
    return room


def _note(request: HttpRequest, room: Room) -> None:
    written_down(request, Act.SETTINGS, detail=f"room “{room.name}”")
