"""Appointment types."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, seat, written_down
from maia.api.fields import Body, Bool, Id, Whole
from maia.api.office.sheets import Week, read_sites, read_week, week_of
from maia.api.office.stranded import refuse_unless_confirmed
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.places import Kind
from maia.api.problems import Refused, errors
from maia.api.stages import WindowIn, WindowOut, read_window, window_in_json
from maia.appointments.models import Appointment
from maia.appointments.stranded import stranded, taken_off
from maia.patients.text import clean_line, clean_text
from maia.practices.held import hold
from maia.practices.models import Place, Practitioner, Room
from maia.privacy.journal import Act
from maia.schedules.models import AppointmentType, Category, Schedule
from maia.schedules.written import WrittenHours, with_week

MAY_BE_NULL = (  # the type says nothing of its own
    "booking_horizon_days",
    "minimum_notice_minutes",
    "minimum_notice_days",
    "max_a_day",
    "max_a_week",
    "max_new_a_week",
    "days_between_two",
)
router = Router(tags=["office"], auth=OfficeToken())


class Limits(Body):
    """Of its own, instead of the practitioner's; null: hers, or none."""

    booking_horizon_days: Whole | None = Field(None, ge=1, le=730)
    minimum_notice_minutes: Whole | None = Field(
        None, ge=0, le=30 * 24 * 60, description="Alone, it is the whole notice: no days count."
    )
    minimum_notice_days: Whole | None = Field(None, ge=0, le=30, description="Local dates.")
    max_a_day: Whole | None = Field(
        None, ge=1, le=32767, description="Of each practitioner who offers it."
    )
    max_a_week: Whole | None = Field(None, ge=1, le=32767, description="From Monday; likewise.")
    max_new_a_week: Whole | None = Field(
        None, ge=1, le=32767, description="Of patients whom the practice has not seen; likewise."
    )
    days_between_two: Whole | None = Field(None, ge=1, le=730, description="Of one patient.")


class TypeIn(Limits):
    name: str = Field(min_length=1, max_length=100, examples=["Suivi de grossesse"])
    duration_minutes: Whole = Field(ge=5, le=720, examples=[30])
    colour: str = Field("#1f7a5c", pattern=r"^#[0-9a-f]{6}$")
    send_sms_reminder: Bool = True
    description: str = Field("", max_length=5000, description="Markdown.")
    instructions: str = Field("", max_length=5000, description="What to bring. Markdown.")
    place: Kind = "site"
    places: list[Id] = Field(
        [],
        max_length=100,
        description="Those of its kind that it happens at; none: wherever the hours are.",
    )
    video_link: str = Field("", max_length=500, description="Shown to who is confirmed.")
    allow_online_booking: Bool = False
    private_link: Bool = Field(False, description="On no list: open to who has its link.")
    one_to_come: Bool = Field(False, description="At most, of one patient.")
    window: WindowIn | None = Field(
        None, description="When of a pregnancy, or after a birth, it is for; null: at any time."
    )
    window_asks: Bool = Field(True, description="Ask a patient whose dates are not known.")
    category: str | None = Field(None, max_length=80, description="Made if it is new.")
    schedule: Week | None = Field(None, description="Its own; null: the practitioner's.")
    practitioners: list[Id] | None = Field(None, description="Whose it is; null: everybody's.")
    rooms: list[Id] = Field([], description="It takes one of them; without any it needs none.")
    archived: Bool = False


class TypePatch(Limits):
    """What is left out stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=100)
    duration_minutes: Whole | None = Field(None, ge=5, le=720)
    colour: str | None = Field(None, pattern=r"^#[0-9a-f]{6}$")
    send_sms_reminder: Bool | None = None
    description: str | None = Field(None, max_length=5000)
    instructions: str | None = Field(None, max_length=5000)
    place: Kind | None = None
    places: list[Id] | None = Field(None, max_length=100)
    video_link: str | None = Field(None, max_length=500)
    allow_online_booking: Bool | None = None
    private_link: Bool | None = None
    one_to_come: Bool | None = None
    window: WindowIn | None = None
    window_asks: Bool | None = None
    category: str | None = Field(None, max_length=80)
    schedule: Week | None = None
    practitioners: list[Id] | None = Field(None, description="Whose it is; null: everybody's.")
    rooms: list[Id] | None = None
    archived: Bool | None = None
    confirm: Bool = Field(False, description="It may leave appointments outside.")


class TypeOut(TypeIn):
    id: int
    window: WindowOut | None  # type: ignore[assignment]
    practitioner: int | None
    link: str | None = Field(description="Its `link` in questions is the part after the dash.")


class TypesOut(Schema):
    items: list[TypeOut]
    next: str | None


def shown(type: AppointmentType) -> dict[str, Any]:
    own = getattr(type, "own_schedule", None)
    return {
        "id": type.pk,
        "practitioner": type.practitioner_id,
        "practitioners": type.offered_by,
        "rooms": [room.pk for room in type.rooms.all()],
        "name": type.name,
        "duration_minutes": type.duration_minutes,
        "colour": type.colour,
        "send_sms_reminder": type.send_sms_reminder,
        "description": type.description,
        "instructions": type.instructions,
        "place": type.place,
        "places": sorted(place.pk for place in type.places.all()),
        "video_link": type.video_link,
        "allow_online_booking": type.allow_online_booking,
        "private_link": type.private_link,
        "link": type.link or None,
        "one_to_come": type.one_to_come,
        "window": window_in_json(type.window),
        "window_asks": type.window_asks,
        "category": type.category.name if type.category else None,
        "schedule": week_of(own) if own is not None else None,
        "archived": type.archived,
        **{field: getattr(type, field) for field in MAY_BE_NULL},
    }


@router.get(
    "", exclude_unset=True, by_alias=True, response={200: TypesOut, **errors(401, 403, 422, 429)}
)
def list_types(request: HttpRequest, paging: Pages) -> Any:
    return page(_ours(request), paging, shown)


@router.post("", by_alias=True, response={201: TypeOut, **errors(400, 401, 403, 404, 422, 429)})
def create_type(request: HttpRequest, typed: TypeIn) -> HttpResponse:
    practice = _may_change(request).practice

    def create() -> Made:
        fresh = AppointmentType(practice=practice, position=practice.appointment_types.count())
        made = _write(request, fresh, typed.dict())
        return [str(made.pk)], shown(made)

    return once(request, create, lambda names: shown(type_to_change(request, int(names[0]))))


@router.get(
    "/{id}",
    exclude_unset=True,
    by_alias=True,
    response={200: TypeOut, **errors(401, 403, 404, 422, 429)},
)
def read_type(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_ours(request), pk=id))


@router.patch(
    "/{id}",
    exclude_unset=True,
    by_alias=True,
    response={200: TypeOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def change_type(request: HttpRequest, id: Id, typed: TypePatch) -> Any:
    """Where its schedule leaves appointments outside, or `practitioners` some of who offers it no more: 409
    `stranded` with `appointments`, until it comes again with `confirm`. They stay as they are."""
    type, wanted = type_to_change(request, id), typed.dict(exclude_unset=True, exclude={"confirm"})
    with transaction.atomic():
        hold(type)
        now = timezone.now()
        outside: list[Appointment] = []
        if "practitioners" in wanted:
            outside = taken_off(type, type.offered_by, wanted["practitioners"], now=now)
        if "schedule" in wanted:
            week = wanted["schedule"]
            own = WrittenHours.of(getattr(type, "own_schedule", None))
            hours = None
            if week is not None:
                sites = read_sites(type.practice, week)
                hours = with_week(own, read_week(week), sites)
            more = stranded(type, hours, now=now)
            outside += [one for one in more if one not in outside]
        written = _write(request, type, wanted)  # which refuses who may not, and what cannot be
        refuse_unless_confirmed(outside, typed.confirm)
    return shown(written)


@router.delete("/{id}", response={204: None, **errors(401, 403, 404, 409, 422, 429)})
def delete_type(request: HttpRequest, id: Id) -> Any:
    """Only one that no appointment has; archive the others."""
    type = type_to_change(request, id)
    try:
        type.delete()
    except ProtectedError:
        raise Refused(409, "in_use", "Appointments have this type: archive it instead.") from None
    _note(request, type)
    return 204, None


@router.post(
    "/{id}/renew-link",
    exclude_unset=True,
    by_alias=True,
    response={200: TypeOut, **errors(401, 403, 404, 409, 422, 429)},
)
def renew_link(request: HttpRequest, id: Id) -> Any:
    """Of a type by private link only: the old link opens nothing any more."""
    type = type_to_change(request, id)
    with transaction.atomic():
        hold(type)
        if not type.private_link:
            raise Refused(409, "no_link", "This type is on the lists: it has no private link.")
        type.renew_link()
        type.save(update_fields=["link_uid"])
    _note(request, type)
    return shown(type)


def _ours(request: HttpRequest) -> Any:
    types = AppointmentType.objects.filter(practice=seat(request).practice)
    return types.select_related("category", "own_schedule", "practice").prefetch_related(
        "own_schedule__lines", "some", "places", "rooms"
    )


def _may_change(request: HttpRequest) -> Any:
    mine = seat(request)
    if not mine.may_change_settings:
        raise PermissionDenied
    return mine


def type_to_change(request: HttpRequest, id: int) -> AppointmentType:
    mine = _may_change(request)
    found: AppointmentType = get_object_or_404(_ours(request), pk=id)
    owners = found.owners
    if owners and not any(map(mine.may_change_settings_of, owners)):
        raise PermissionDenied
    return found


def _write(request: HttpRequest, type: AppointmentType, typed: dict[str, Any]) -> AppointmentType:
    cleaners = {"name": clean_line, "description": clean_text, "instructions": clean_text}
    with transaction.atomic():
        changed = set(typed) - {"schedule"}
        if "private_link" in changed:
            changed = changed - {"private_link"} | {"link_uid"}
        if "category" in typed:
            type.category = Category.named(type.practice, clean_line(typed.pop("category") or ""))
        if "practitioners" in typed:
            owners = _owners(type, typed.pop("practitioners"))
            before = type.offered_by if type.pk else []
            if not seat(request).may_hand(before, [one.pk for one in owners] or None):
                raise PermissionDenied("A colleague’s types are given by her, or by the owner.")
            changed = changed - {"practitioners"} | {"practitioner", "for_some"}
            type.set_owners(owners)
        else:
            owners = None
        if "window" in typed:
            type.window = read_window(typed.pop("window"))
            changed = changed - {"window"} | {"window_unit", "window_first", "window_last"}
        rooms = _rooms(type, typed.pop("rooms", None))
        changed -= {"rooms"}
        week = typed.pop("schedule", ...)
        changed, places = changed - {"places"}, typed.pop("places", None)
        for field, value in typed.items():
            if value is None and field not in MAY_BE_NULL:
                continue
            setattr(type, field, cleaners.get(field, lambda v: v)(value))
        type.full_clean(exclude={"practice", "practitioner", "category"})
        # Of one that is there, what was sent: two who change different fields both do.
        type.save(update_fields=changed if type.pk else None)
        if owners is not None:
            type.save_owners(owners)
        if places is not None:
            type.places.set(_places(type, places))
        elif "place" in typed:
            type.places.remove(*type.places.exclude(kind=type.place))
        if rooms is not None:
            type.save_rooms(rooms)
        if week is not ...:
            sites = None if week is None else read_sites(type.practice, week)
            Schedule.set_own(type, None if week is None else read_week(week), sites=sites)
    _note(request, type)
    fresh: AppointmentType = _ours(request).get(pk=type.pk)
    return fresh


def _owners(type: AppointmentType, keys: list[int] | None) -> list[Practitioner]:
    """Raises Http404 for one of another practice; `ValidationError` for nobody."""
    if keys is None:
        return []
    if not keys:
        raise ValidationError({"practitioners": "null is for every practitioner"})
    team = type.practice.practitioners.filter(pk__in=keys)
    kept = Q(is_active=True) | Q(pk__in=type.offered_by or [] if type.pk else [])
    found = list(team.filter(kept))
    if len(found) < len(set(keys)):
        raise Http404
    return found


def _places(type: AppointmentType, keys: list[int]) -> list[Place]:
    """Raises Http404 for one of another practice, `ValidationError` for one of another kind."""
    standing = Place.objects.filter(practice=type.practice, archived=False, pk__in=keys)
    places = list(standing)
    if len(places) < len(set(keys)):
        raise Http404
    if any(place.kind != type.place for place in places):
        raise ValidationError({"places": f"the type happens at a place of kind {type.place}"})
    return places


def _rooms(type: AppointmentType, keys: list[int] | None) -> list[Room] | None:
    """None: they stay. Raises Http404 for one of another practice."""
    if keys is None:
        return None
    found = list(type.practice.rooms.filter(pk__in=keys))
    if len(found) < len(set(keys)):
        raise Http404
    return found


def _note(request: HttpRequest, type: AppointmentType) -> None:
    written_down(request, Act.SETTINGS, detail=f"type “{type.name}”")
