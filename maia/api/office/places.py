"""The practice's places, and the time that a practitioner needs from one site to another."""

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, practitioner, seat, written_down
from maia.api.fields import Body, Id, Key, Whole
from maia.api.office.sheets import Whose
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.places import Kind
from maia.api.problems import Refused, errors
from maia.patients.addresses import one_line_of
from maia.patients.phones import NotAPhoneNumber, typed_phone
from maia.patients.text import clean_line
from maia.practices.held import hold
from maia.practices.models import Place, Practice, Travel
from maia.practices.models.places import LONGEST_TRAVEL, MOST_PLACES
from maia.privacy.journal import Act
from maia.schedules.sites import (
    NameTaken,
    StillNamed,
    TooManyPlaces,
    give_up_place,
    is_name_taken,
    make_place,
)

router = Router(tags=["office"], auth=OfficeToken())
REFUSED = errors(400, 401, 403, 404, 409, 422, 429)
OF_AN_ADDRESS = ("street", "postcode", "city", "directions", "phone")


class PlaceIn(Body):
    name: str = Field(min_length=1, max_length=80, examples=["Maison de santé du Quai"])
    kind: Kind = "site"
    street: str = Field("", max_length=200)
    postcode: str = Field("", max_length=10)
    city: str = Field("", max_length=100)
    directions: str = Field("", max_length=300)
    phone: str = Field("", max_length=40)
    link: str = Field("", max_length=500, description="Of a video room.")


class PlacePatch(Body):
    """What is left out stays as it is. The main site's address is the practice's own."""

    name: str | None = Field(None, min_length=1, max_length=80)
    street: str | None = Field(None, max_length=200)
    postcode: str | None = Field(None, max_length=10)
    city: str | None = Field(None, max_length=100)
    directions: str | None = Field(None, max_length=300)
    phone: str | None = Field(None, max_length=40)
    link: str | None = Field(None, max_length=500)


class SiteOut(Schema):
    id: int
    name: str
    kind: Kind
    street: str
    postcode: str
    city: str
    directions: str
    phone: str
    link: str
    main: bool = Field(description="Where hours are that name no site.")


class SitesOut(Schema):
    items: list[SiteOut]
    next: str | None


class Way(Body):
    between: list[Key] = Field(min_length=2, max_length=2, description="Two sites.")
    minutes: Whole = Field(ge=1, le=LONGEST_TRAVEL)


class Ways(Body):
    ways: list[Way] = Field(max_length=MOST_PLACES * MOST_PLACES)


def shown(place: Place) -> dict[str, Any]:
    its = place.practice if place.is_main else place
    return {
        "id": place.pk,
        "name": place.name,
        "kind": place.kind,
        "main": place.is_main,
        "link": place.link,
        **{field: str(getattr(its, field) or "") for field in OF_AN_ADDRESS},
    }


@router.get("places", response={200: SitesOut, **errors(401, 403, 422, 429)})
def list_places(request: HttpRequest, paging: Pages) -> Any:
    """None where all is at the practice's own address. The first site that is made brings the main one."""
    return page(_places(request), paging, shown)


@router.post("places", response={201: SiteOut, **errors(400, 401, 403, 404, 409, 422, 429)})
def create_place(request: HttpRequest, typed: PlaceIn) -> HttpResponse:
    practice = _own_practice(request)

    def create() -> Made:
        place = Place(practice=practice, kind=typed.kind)
        _fill(place, typed.dict(exclude={"kind"}))
        try:
            make_place(place)
        except NameTaken:
            raise _name_taken() from None
        except TooManyPlaces:
            raise Refused(
                409, "too_many", "There are too many places: give some up first."
            ) from None
        _note(request, place)
        return [str(place.pk)], shown(place)

    return once(request, create, lambda names: shown(_one(request, int(names[0]))))


@router.get("places/{id}", response={200: SiteOut, **errors(401, 403, 404, 422, 429)})
def read_place(request: HttpRequest, id: Id) -> Any:
    return shown(_one(request, id))


@router.patch("places/{id}", response={200: SiteOut, **errors(400, 401, 403, 404, 422, 429)})
def change_place(request: HttpRequest, id: Id, typed: PlacePatch) -> Any:
    _own_practice(request)
    place, wanted = _one(request, id), typed.dict(exclude_unset=True)
    with transaction.atomic():
        hold(place.practice)
        hold(place)
        if place.is_main and set(wanted) - {"name"}:
            field = sorted(set(wanted) - {"name"})[0]
            raise ValidationError({field: "the main site's address is the practice's own"})
        _fill(place, wanted)
        place.save(update_fields=list(wanted))
    _note(request, place)
    return shown(place)


@router.delete("places/{id}", response={204: None, **REFUSED})
def give_up(request: HttpRequest, id: Id) -> Any:
    """What is to be there stays there. 409 `in_use` while hours or types name it."""
    practice, place = _own_practice(request), _one(request, id)
    if place.is_main:
        raise Refused(409, "in_use", "The main site is the practice's own address.")
    try:
        give_up_place(place, timezone.localdate(timezone=practice.zone))
    except StillNamed as named:
        raise Refused(409, "in_use", f"It is still named by: {', '.join(named.by)}.") from None
    _note(request, place)
    return 204, None


@router.get("travel", response={200: Ways, **errors(401, 403, 404, 422, 429)})
def read_travel(request: HttpRequest, whose: Annotated[Whose, Query()]) -> Any:
    return _ways(practitioner(request, whose.practitioner).pk)


@router.put("travel", response={200: Ways, **errors(400, 401, 403, 404, 422, 429)})
def write_travel(request: HttpRequest, whose: Annotated[Whose, Query()], typed: Ways) -> Any:
    """All of hers, either way."""
    owner = practitioner(request, whose.practitioner, change=True)
    sites = Place.objects.live_sites().filter(practice=owner.practice_id)
    known = set(sites.values_list("pk", flat=True))
    minutes: dict[tuple[int, int], int] = {}
    for way in typed.ways:
        one, other = sorted(way.between)
        if one == other or {one, other} - known or (one, other) in minutes:
            raise ValidationError({"ways": "between two sites of the practice, each two once"})
        minutes[one, other] = way.minutes
    with transaction.atomic():
        hold(owner)
        owner.travels.all().delete()
        Travel.objects.bulk_create(
            Travel(practitioner=owner, one_id=one, other_id=other, minutes=lasts)
            for (one, other), lasts in minutes.items()
        )
    written_down(request, Act.SETTINGS, detail=f"{owner.name}: travel")
    return _ways(owner.pk)


def _ways(practitioner: int) -> dict[str, Any]:
    rows = Travel.objects.filter(practitioner=practitioner).order_by("one", "other")
    return {
        "ways": [{"between": [row.one_id, row.other_id], "minutes": row.minutes} for row in rows]
    }


def _fill(place: Place, typed: dict[str, Any]) -> None:
    """Raises `ValidationError`."""
    for field, value in typed.items():
        if value is None:
            raise ValidationError({field: "null is no value here"})
        if field == "phone" and value:
            try:
                value = typed_phone(value, place.practice.country)
            except NotAPhoneNumber:
                raise ValidationError({field: "no telephone number"}) from None
        setattr(place, field, one_line_of(value))
    place.name = clean_line(place.name)
    place.clean_fields()
    if is_name_taken(place):
        raise _name_taken()


def _name_taken() -> ValidationError:
    return ValidationError({"name": "another place has this name"})


def _places(request: HttpRequest) -> Any:
    places = Place.objects.filter(practice=seat(request).practice, archived=False)
    return places.select_related("practice")


def _one(request: HttpRequest, id: int) -> Place:
    place: Place = get_object_or_404(_places(request), pk=id)
    return place


def _own_practice(request: HttpRequest) -> Practice:
    if not seat(request).may_change_practice:
        raise PermissionDenied
    practice: Practice = seat(request).practice
    return practice


def _note(request: HttpRequest, place: Place) -> None:
    written_down(request, Act.SETTINGS, detail=f"place “{place.name}”")
