"""Absences, and what they share with personal events (`personal`)."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, practitioner, seat, written_down
from maia.api.fields import Body, Bool, Id, Instant, Key
from maia.api.office.stranded import refuse_unless_confirmed
from maia.api.once import Made, Names, once
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.appointments.acts.blocking import Span, be_absent, covered
from maia.appointments.agenda import By, agenda_of
from maia.appointments.models import Event
from maia.patients.text import clean_text
from maia.practices.held import hold
from maia.privacy.journal import Act, time_in_words
from maia.schedules.models import Absence

router = Router(tags=["office"], auth=OfficeToken())
LONGEST = timedelta(days=366)


class BlockIn(Body):
    start: Instant
    end: Instant
    title: str = Field("", max_length=120)
    practitioner: Key | None = Field(None, description="Default: whose token it is.")


class AbsenceIn(BlockIn):
    confirm: Bool = Field(False, description="It may cover appointments, which stay.")


class BlockPatch(Body):
    title: str = Field(max_length=120)


class BlockOut(Schema):
    id: int
    practitioner: int
    start: str
    end: str
    title: str


class AbsencesOut(Schema):
    items: list[BlockOut]
    next: str | None


def shown(block: Event | Absence, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": block.pk,
        "practitioner": block.practitioner_id,
        "start": block.start.astimezone(zone).isoformat(),
        "end": block.end.astimezone(zone).isoformat(),
        "title": block.title,
    }


@router.get("absences", response={200: AbsencesOut, **errors(401, 403, 422, 429)})
def list_absences(request: HttpRequest, paging: Pages) -> Any:
    return page(_absences(request), paging, lambda absence: shown(absence, zone_of(request)))


@router.post("absences", response={201: BlockOut, **errors(400, 401, 403, 404, 409, 422, 429)})
def create_absence(request: HttpRequest, typed: AbsenceIn) -> HttpResponse:
    """Where it covers appointments: 409 `stranded` with `appointments`, until it comes again with
    `confirm`. They stay: cancel them by themselves."""
    hers = practitioner(request, typed.practitioner, change=True)
    wanted = [read_span(typed)]

    def create() -> Made:
        by = By.practice(seat(request).user)
        title, now = clean_line(typed.title), timezone.now()
        with agenda_of(hers):
            refuse_unless_confirmed(covered(hers, wanted, now), typed.confirm)
            be_absent(hers, wanted, title, decided=None, by=by, now=now)
        made = hers.absences.filter(start=wanted[0][0], end=wanted[0][1]).latest("pk")
        note(request, made)
        return [str(made.pk)], shown(made, zone_of(request))

    def show(names: Names) -> dict[str, Any]:
        return shown(get_object_or_404(_absences(request), pk=names[0]), zone_of(request))

    return once(request, create, show)


@router.get("absences/{id}", response={200: BlockOut, **errors(401, 403, 404, 422, 429)})
def read_absence(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_absences(request), pk=id), zone_of(request))


@router.patch("absences/{id}", response={200: BlockOut, **errors(400, 401, 403, 404, 422, 429)})
def rename_absence(request: HttpRequest, id: Id, typed: BlockPatch) -> Any:
    absence = _hers(request, id)
    with transaction.atomic():
        hold(absence)
        absence.title = clean_line(typed.title)
        absence.save(update_fields=["title"])
    note(request, absence)
    return shown(absence, zone_of(request))


@router.delete("absences/{id}", response={204: None, **errors(401, 403, 404, 422, 429)})
def delete_absence(request: HttpRequest, id: Id) -> Any:
    absence = _hers(request, id)
    absence.delete()
    note(request, absence)
    return 204, None


def _absences(request: HttpRequest) -> Any:
    return Absence.objects.by_hand().filter(practitioner__practice=seat(request).practice)


def _hers(request: HttpRequest, id: int) -> Absence:
    absence: Absence = get_object_or_404(_absences(request).select_related("practitioner"), pk=id)
    if not seat(request).may_change_settings_of(absence.practitioner):
        raise PermissionDenied
    return absence


def note(request: HttpRequest, block: Event | Absence) -> None:
    """Whose time and when; a title may name somebody."""
    written_down(request, Act.TIME, detail=time_in_words(block))


def zone_of(request: HttpRequest) -> ZoneInfo:
    return seat(request).practice.zone


def clean_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def read_span(typed: BlockIn) -> Span:
    if not timedelta(0) < typed.end - typed.start <= LONGEST:
        raise ValidationError({"end": "after the start, within a year"})
    return typed.start, typed.end
