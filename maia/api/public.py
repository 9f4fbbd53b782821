"""What everybody may read of a practice, and what a patient books."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Annotated, Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from maia.api.auth import PatientToken
from maia.api.etag import answer_once
from maia.api.fields import Body, Id, Instant, Key, LocalDate
from maia.api.once import JSON, Made, Names, once
from maia.api.places import AddressIn, Kind, PlaceOut, place_in_json
from maia.api.problems import Refused, errors, refusal
from maia.api.stages import WindowOut, read_stage, window_in_json
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import BookingRefused, would_another_time_do
from maia.appointments.models import Appointment, Event
from maia.appointments.offer import why_not_offered
from maia.appointments.places import Reader, place_of
from maia.appointments.reading import read_offer
from maia.appointments.slots import Slot, nearest_free, offered_slots
from maia.patients.addresses import living_at
from maia.patients.models import Patient
from maia.patients.records import find_record
from maia.patients.stages import saying
from maia.patients.text import clean_text
from maia.practices.models import Practice, Practitioner
from maia.schedules.descriptions import description_html
from maia.schedules.models import AppointmentType
from maia.schedules.sites import sites_to_choose

router = Router(tags=["public"])
_KEYS = UUID("5b0f1ad4-8e0a-4c0a-a9a4-4f1c1f0b6d1e")


class PractitionerOut(Schema):
    id: int = Field(examples=[1])
    name: str = Field(examples=["Camille Lefèvre"])


class PublicPlaceOut(Schema):
    id: int
    name: str = Field(examples=["Maison de santé du Quai"])
    address: str = Field(examples=["1 quai Neuf, 35400 Saint-Malo"])


class PracticeOut(Schema):
    name: str = Field(examples=["Cabinet des Lilas"])
    slug: str = Field(examples=["cabinet-des-lilas"])
    time_zone: str = Field(examples=["Europe/Paris"])
    practitioners: list[PractitionerOut]
    places: list[PublicPlaceOut] = Field(description="None where all is at one address.")


class PublicTypeOut(Schema):
    id: int
    name: str = Field(examples=["Suivi de grossesse"])
    category: str | None = Field(examples=["Grossesse"])
    duration_minutes: int = Field(examples=[30])
    colour: str = Field(examples=["#1f7a5c"])
    description_html: str
    instructions_html: str = Field(description="What to bring and prepare.")
    place: Kind
    practitioners: list[int]
    window: WindowOut | None = Field(
        description="When of a pregnancy, or after a birth, it is for."
    )
    workshop: bool


class PublicTypesOut(Schema):
    items: list[PublicTypeOut]


class SlotOut(Schema):
    start: str = Field(examples=["2026-12-03T09:30:00+01:00"])
    end: str = Field(examples=["2026-12-03T10:00:00+01:00"])
    practitioner: int = Field(examples=[1])
    seats_left: int = Field(examples=[1])
    place: int | None = Field(description="The site, of a practice that has several.")


class SlotsOut(Schema):
    time_zone: str = Field(examples=["Europe/Paris"])
    slots: list[SlotOut]
    next: str | None = Field(examples=["2026-12-10"])


class SlotsQuery(Schema):
    type: Id
    practitioner: Id | None = None
    link: str = Field("", max_length=64, description="Of a type by private link only: its token.")
    first: LocalDate = Field(alias="from")
    last: LocalDate = Field(alias="to", description="Included; 92 days at most.")


class BookIn(Body):
    type: Key
    practitioner: Key
    start: Instant
    note: str = Field("", max_length=1000)
    link: str = Field("", max_length=64, description="Of a type by private link only: its token.")
    address: AddressIn | None = Field(
        None, description="For a type at her home; kept on her record. Default: the record's."
    )
    due_date: LocalDate | None = Field(
        None, description="For a type with a `window`; kept on her record. Default: the record's."
    )
    child_birth_date: LocalDate | None = Field(None, description="Likewise, once born.")


class MyAppointmentOut(Schema):
    id: str = Field(examples=["0b0e6f2e-2f0d-4a5e-9a3c-3f6a1d2b4c5d"])
    practice: str = Field(examples=["cabinet-des-lilas"])
    type: int
    type_name: str
    practitioner: int
    start: str = Field(examples=["2026-12-03T09:30:00+01:00"])
    end: str
    status: str = Field(examples=["confirmed"])
    place: PlaceOut
    note: str
    can_change: bool


def shown_to_patient(appointment: Appointment) -> dict[str, Any]:
    zone = appointment.practice.zone
    return {
        "id": str(appointment.uid),
        "practice": appointment.practice.slug,
        "type": appointment.type.pk,
        "type_name": appointment.type.name,
        "practitioner": appointment.practitioner.pk,
        "start": appointment.start.astimezone(zone).isoformat(),
        "end": appointment.end.astimezone(zone).isoformat(),
        "status": appointment.status,
        "place": place_in_json(place_of(appointment, Reader.PATIENT)),
        "note": appointment.note,
        "can_change": appointment.may_change(timezone.now()),
    }


def slots_in_json(slots: Iterable[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "start": _local(slot.start, zone),
            "end": _local(slot.end, zone),
            "practitioner": slot.practitioner.pk,
            "seats_left": 1,
            "place": slot.place,
        }
        for slot in slots
    ]


@lru_cache(maxsize=4096)
def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()


@router.get("practices/{slug:slug}", response={200: PracticeOut, **errors(404, 422, 429)})
def practice(request: HttpRequest, slug: str) -> Any:
    found = get_object_or_404(Practice, slug=slug)
    team = found.practitioners.bookable_online()
    return {
        "name": found.name,
        "slug": found.slug,
        "time_zone": found.time_zone,
        "practitioners": [{"id": one.pk, "name": one.name} for one in team],
        "places": [
            {"id": site.pk, "name": site.name, "address": site.address}
            for site in sites_to_choose(found)
        ],
    }


@router.get(
    "practices/{slug:slug}/appointment-types",
    by_alias=True,
    response={200: PublicTypesOut, **errors(404, 422, 429)},
)
def appointment_types(request: HttpRequest, slug: str) -> Any:
    found = get_object_or_404(Practice, slug=slug)
    since = timezone.now().date() - timedelta(days=1)  # wherever on earth
    team = list(found.practitioners.bookable_online().with_substitutions())
    types = AppointmentType.objects.listed().filter(practice=found)
    return {
        "items": [
            {
                "id": type.pk,
                "name": type.name,
                "category": type.category.name if type.category else None,
                "duration_minutes": type.duration_minutes,
                "colour": type.colour,
                "description_html": str(description_html(type.description)),
                "instructions_html": str(description_html(type.instructions)),
                "place": type.place,
                "practitioners": [
                    one.pk
                    for one in team
                    if why_not_offered(type, one, online=True, day=since, or_later=True) is None
                ],
                "window": window_in_json(type.window),
                "workshop": False,
            }
            for type in types.select_related("category", "practice").prefetch_related("some")
        ]
    }


@router.get(
    "practices/{slug:slug}/slots",
    response={200: SlotsOut, 304: None, **errors(404, 422, 429)},
    summary="Free slots, both dates included",
)
def slots(request: HttpRequest, slug: str, asked: Annotated[SlotsQuery, Query()]) -> HttpResponse:
    """`next` is the first date after `to` that has a slot, or null. The answer has an `ETag`."""
    now = timezone.now()
    try:
        type, _team, days, following = offered_slots(
            slug, asked.type, asked.practitioner, asked.first, asked.last, now=now, token=asked.link
        )
    except AppointmentType.DoesNotExist:
        raise Http404 from None
    body = {
        "time_zone": type.practice.time_zone,
        "slots": slots_in_json(chain.from_iterable(days.values()), type.practice.zone),
        "next": following.isoformat() if following else None,
    }
    return answer_once(request, json.dumps(body).encode(), JSON)


@router.post(
    "practices/{slug:slug}/appointments",
    auth=PatientToken(),
    response={201: MyAppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def book(request: HttpRequest, slug: str, wanted: BookIn) -> HttpResponse:
    """Books as the patient whose token it is. `slot_taken` comes with `alternatives`."""
    user = request.auth.user  # type: ignore[attr-defined]
    now = timezone.now()
    try:
        type, (practitioner,) = read_offer(
            slug,
            wanted.type,
            wanted.practitioner,
            since=now.date() - timedelta(days=1),  # wherever on earth
            token=wanted.link,
        )
    except AppointmentType.DoesNotExist:
        raise Http404 from None
    patient = find_record(user, type.practice)
    if patient is None:
        raise Refused(
            403, "unknown_patient", "This practice has no record of hers: book once on its page."
        )
    key = request.headers.get("Idempotency-Key", "")

    def create() -> Made:
        asked = wanted.address if type.asks_address else None
        said = read_stage(wanted.due_date, wanted.child_birth_date)
        with living_at(patient, asked.read() if asked else None), saying(patient, said):
            made = book_appointment(
                type,
                practitioner,
                wanted.start,
                patient,
                by=By.patient(user),
                now=now,
                note=clean_text(wanted.note),
                request_key=uuid5(_KEYS, f"{user.pk}:{key}") if key else None,
            )
        return [str(made.uid)], shown_to_patient(made)

    def show(names: Names) -> dict[str, Any]:
        booked = Appointment.objects.with_details().of_user(user)
        return shown_to_patient(get_object_or_404(booked, uid=names[0]))

    try:
        return once(request, create, show)
    except BookingRefused as refused:
        return with_nearest(refused, type, practitioner, wanted.start, patient, now=now)


def with_nearest(
    refused: BookingRefused,
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    patient: Patient,
    *,
    now: datetime,
    without: Event | None = None,
) -> HttpResponse:
    """A refusal; where another time would do, with the nearest free ones."""
    if not would_another_time_do(refused):
        return refusal(refused)
    nearest = nearest_free(type, [practitioner], start, now=now, without=without, patient=patient)
    return refusal(refused, alternatives=slots_in_json(nearest, type.practice.zone))
