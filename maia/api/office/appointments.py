"""The agenda: appointments, and the free times of a day."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router

from maia.api.auth import OfficeToken, practitioner, refuse_notes, seat
from maia.api.office.appointment_shapes import (
    AppointmentIn,
    AppointmentOut,
    AppointmentPatch,
    AppointmentsOut,
    AvailabilityOut,
    AvailabilityQuery,
    Between,
    CancelIn,
    ChangeIn,
    FreeQuery,
    MoveIn,
    shown,
)
from maia.api.office.sheets import site_named
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.api.public import slots_in_json
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.acts.editing import Into, edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import TOLD, Boxes, By, Telling, as_one_act
from maia.appointments.coming import Part, coming_slots, free_of_day
from maia.appointments.exceptions import InvalidRange, NotBookable
from maia.appointments.models import Appointment
from maia.appointments.offer import why_not_offered
from maia.appointments.whose import give_to
from maia.patients.addresses import living_at
from maia.patients.text import clean_text
from maia.practices.models import Place, PlaceKind, Practice, Room
from maia.privacy.reading import open_record, read_agenda
from maia.schedules.models import AppointmentType

router = Router(tags=["office"], auth=OfficeToken())
DAY = timedelta(days=1)


@router.get("appointments", response={200: AppointmentsOut, **errors(401, 403, 422, 429)})
def list_appointments(
    request: HttpRequest, when: Annotated[Between, Query()], paging: Pages
) -> Any:
    """Those that touch the dates, cancelled ones included, by start."""
    practice = seat(request).practice
    opens, closes = _instants(practice, when)
    # Of each practitioner, as the index by end has them.
    team = list(practice.practitioners.all())
    rows = read_agenda(seat(request), now=timezone.now()).filter(event__practitioner__in=team)
    found = rows.touching(opens, closes)
    reader = seat(request)
    return page(found, paging, lambda one: shown(one, reader), by="event__start")


@router.post(
    "appointments", response={201: AppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)}
)
def create_appointment(request: HttpRequest, wanted: AppointmentIn) -> HttpResponse:
    """Any time that is free, notice and horizon not applied; with `allow_overlap`, any time."""
    refuse_notes(request, wanted.notes or None)
    practice = seat(request).practice
    types = AppointmentType.objects.filter(practice=practice, archived=False)
    type = get_object_or_404(types.select_related("practice"), pk=wanted.type)
    patient = get_object_or_404(practice.patients.kept(), pk=wanted.patient)
    hers = practitioner(request, wanted.practitioner)
    site, room = _site(request, type, wanted.place), _room(practice, wanted.room)
    sms = type.send_sms_reminder if wanted.sms_reminder is None else wanted.sms_reminder
    by, now = By.practice(seat(request).user), timezone.now()

    def create() -> Made:
        with living_at(patient, wanted.address.read() if wanted.address else None):
            made = book_appointment(
                type,
                hers,
                wanted.start,
                patient,
                by=by,
                now=now,
                practice_notes=clean_text(wanted.notes),
                boxes=Boxes(email=wanted.email_reminder, sms=sms),
                allow_overlap=wanted.allow_overlap,
                unconfirmed=wanted.status == "unconfirmed",
                place=site,
                room=room,
                telling=Telling(words=clean_text(wanted.word)),
            )
        return [str(made.uid)], _answer(request, made.uid)

    return once(request, create, lambda names: _answer(request, UUID(names[0])))


@router.get("appointments/{id}", response={200: AppointmentOut, **errors(401, 403, 404, 422, 429)})
def read_appointment(request: HttpRequest, id: UUID) -> Any:
    return _answer(request, id)


@router.patch(
    "appointments/{id}", response={200: AppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)}
)
def change_appointment(request: HttpRequest, id: UUID, typed: AppointmentPatch) -> Any:
    refuse_notes(request, typed.notes)
    by, now = By.practice(seat(request).user), timezone.now()
    room = _room(seat(request).practice, typed.room)
    with as_one_act(_one(request, id)) as current:
        if typed.status == "confirmed":
            current = confirm_appointment(current, by=by, now=now, telling=typed.read())
        email = current.email_reminder if typed.email_reminder is None else typed.email_reminder
        sms = current.sms_reminder if typed.sms_reminder is None else typed.sms_reminder
        edit_appointment(
            current,
            practice_notes=None if typed.notes is None else clean_text(typed.notes),
            attendance=current.attendance if typed.attendance is None else typed.attendance,
            boxes=Boxes(email=email, sms=sms),
            by=by,
            now=now,
            seen=current.version,
            into=Into(room) if "room" in typed.model_fields_set else None,
        )
    return _answer(request, id)


@router.post(
    "appointments/{id}/cancel",
    response={200: AppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def cancel(request: HttpRequest, id: UUID, how: CancelIn | None = None) -> Any:
    by, telling = By.practice(seat(request).user), how.read() if how is not None else TOLD
    cancel_appointment(_one(request, id), by=by, now=timezone.now(), telling=telling)
    return _answer(request, id)


@router.post(
    "appointments/{id}/move",
    response={200: AppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def move(request: HttpRequest, id: UUID, there: MoveIn) -> Any:
    move_appointment(
        _one(request, id),
        there.start,
        by=By.practice(seat(request).user),
        now=timezone.now(),
        allow_overlap=there.allow_overlap,
        telling=there.read(),
    )
    return _answer(request, id)


@router.post(
    "appointments/{id}/change",
    response={200: AppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def change(request: HttpRequest, id: UUID, wanted: ChangeIn) -> Any:
    """Another type, practitioner, time, duration or room, in one step; and the practice's notes."""
    refuse_notes(request, wanted.notes)
    practice, found = seat(request).practice, _one(request, id)
    types = AppointmentType.objects.filter(practice=practice, archived=False)
    type = get_object_or_404(types, pk=wanted.type) if wanted.type else None
    by, now = By.practice(seat(request).user), timezone.now()
    there = practitioner(request, wanted.practitioner) if wanted.practitioner else None
    site = _site(request, type or found.type, wanted.place)
    room = _room(practice, wanted.room)
    records = practice.patients.kept()
    patient = get_object_or_404(records, pk=wanted.patient) if wanted.patient else None
    others, holding = [there] if there else [], [patient] if patient else []
    with as_one_act(found, *others, holding=holding) as current:
        start = wanted.start or current.start
        if wanted.end is not None and not DAY > wanted.end - start > timedelta(0):
            raise ValidationError({"end": "after the start, within a day"})
        changed = move_appointment(
            current,
            start,
            end=wanted.end,
            practitioner=there,
            type=type,
            by=by,
            now=now,
            allow_overlap=wanted.allow_overlap,
            place=site,
            room=room,
            telling=wanted.read(),
        )
        if patient is not None:
            changed = give_to(
                changed,
                patient,
                by=by,
                now=now,
                allow_overlap=wanted.allow_overlap,
                telling=wanted.read(),
            )
        if wanted.notes is not None:
            edit_appointment(
                changed,
                practice_notes=clean_text(wanted.notes),
                attendance=changed.attendance,
                boxes=Boxes(email=changed.email_reminder, sms=changed.sms_reminder),
                by=by,
                now=now,
                seen=changed.version,
            )
    return _answer(request, id)


@router.get("availability", response={200: AvailabilityOut, **errors(401, 403, 404, 422, 429)})
def availability(request: HttpRequest, asked: Annotated[AvailabilityQuery, Query()]) -> Any:
    """The day's free times, notice and horizon not applied."""
    practice = seat(request).practice
    types = AppointmentType.objects.filter(practice=practice).select_related("practice")
    type = get_object_or_404(types, pk=asked.type)
    hers = practitioner(request, asked.practitioner)
    why_not = why_not_offered(type, hers, online=False, day=asked.date)
    if why_not is not None:
        raise NotBookable(why_not)
    slots = free_of_day(type, hers, asked.date, now=timezone.now())
    return {"time_zone": practice.time_zone, "slots": slots_in_json(slots, practice.zone)}


@router.get("free", response={200: AvailabilityOut, **errors(401, 403, 404, 422, 429)})
def free(request: HttpRequest, asked: Annotated[FreeQuery, Query()]) -> Any:
    """The next free times over the weeks to come, three months ahead at most, notice and horizon not
    applied."""
    practice, now = seat(request).practice, timezone.now()
    types = AppointmentType.objects.filter(practice=practice).select_related("practice")
    type = get_object_or_404(types, pk=asked.type)
    team = (
        [practitioner(request, asked.practitioner)]
        if asked.practitioner
        else list(practice.practitioners.filter(is_active=True).with_substitutions())
    )
    first = asked.first or now.astimezone(practice.zone).date()
    offering = [
        one
        for one in team
        if why_not_offered(type, one, online=False, day=first, or_later=True) is None
    ]
    if asked.practitioner and not offering:
        raise NotBookable(NotBookable.Reason.NOT_THIS_PRACTITIONER)
    part = Part(asked.part) if asked.part else None
    coming = coming_slots(type, offering, first, now=now, part=part, days=asked.limit)
    slots = [slot for day in coming.values() for slot in day][: asked.limit]
    return {"time_zone": practice.time_zone, "slots": slots_in_json(slots, practice.zone)}


def _site(request: HttpRequest, type: AppointmentType, key: int | None) -> Place | None:
    """Raises Http404, and `ValidationError` of what happens at no site."""
    if key is None:
        return None
    if type.place != PlaceKind.SITE:
        raise ValidationError({"place": "this type happens at no site"})
    return site_named(seat(request).practice, key)


def _room(practice: Practice, key: int | None) -> Room | None:
    """Raises Http404."""
    return None if key is None else get_object_or_404(practice.rooms, pk=key)


def _ours(request: HttpRequest) -> Any:
    return Appointment.objects.with_details().filter(practice=seat(request).practice)


def _answer(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """Whatever was asked for, the answer says all of it, and the journal that it did."""
    found = _one(request, id)
    open_record(seat(request), found.patient, now=timezone.now())
    return shown(found, seat(request))


def _one(request: HttpRequest, id: UUID) -> Appointment:
    found: Appointment = get_object_or_404(_ours(request), uid=id)
    return found


def _instants(practice: Practice, when: Between) -> tuple[datetime, datetime]:
    if when.last < when.first:
        raise InvalidRange
    opens = datetime.combine(when.first, datetime.min.time(), practice.zone)
    return opens, datetime.combine(when.last + DAY, datetime.min.time(), practice.zone)
