"""Time that the practice takes for itself: personal events and absences."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
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
from maia.appointments.agenda import By
from maia.appointments.blocking import Span, be_absent, block_time, covered, unblock
from maia.appointments.models import Event
from maia.patients.text import clean_text
from maia.privacy.journal import Act, time_in_words
from maia.schedules.models import Absence
from maia.schedules.repeating import BadRule, spans

router = Router(tags=["office"], auth=OfficeToken())
LONGEST = timedelta(days=366)


class BlockIn(Body):
    start: Instant
    end: Instant
    title: str = Field("", max_length=120)
    practitioner: Key | None = Field(None, description="Default: whose token it is.")


class AbsenceIn(BlockIn):
    confirm: Bool = Field(False, description="It may cover appointments, which stay.")


class EventIn(BlockIn):
    rrule: str = Field(
        "",
        max_length=200,
        description="RFC 5545, with UNTIL or COUNT, at most two years; `start` is the first time.",
        examples=["FREQ=WEEKLY;INTERVAL=2;UNTIL=20270131T000000Z"],
    )
    allow_overlap: Bool = False


class BlockPatch(Body):
    title: str = Field(max_length=120)


class BlockOut(Schema):
    id: int
    practitioner: int
    start: str
    end: str
    title: str


class BlocksOut(Schema):
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


@router.get("personal-events", response={200: BlocksOut, **errors(401, 403, 422, 429)})
def list_events(request: HttpRequest, paging: Pages) -> Any:
    return page(_events(request), paging, lambda event: shown(event, _zone(request)))


@router.post(
    "personal-events", response={201: BlocksOut, **errors(400, 401, 403, 404, 409, 422, 429)}
)
def create_event(request: HttpRequest, typed: EventIn) -> HttpResponse:
    """One, or each of its repetition: `items`."""
    hers = practitioner(request, typed.practitioner)
    wanted = _spans(typed, typed.rrule, _zone(request))

    def create() -> Made:
        made = block_time(hers, wanted, _title(typed.title), allow_overlap=typed.allow_overlap)
        _note(request, made[0])
        return [str(event.pk) for event in made], listed(made)

    def listed(events: Iterable[Event]) -> dict[str, Any]:
        return {"items": [shown(event, _zone(request)) for event in events], "next": None}

    return once(request, create, lambda names: listed(_events(request).filter(pk__in=names)))


@router.get("personal-events/{id}", response={200: BlockOut, **errors(401, 403, 404, 422, 429)})
def read_event(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_events(request), pk=id), _zone(request))


@router.patch(
    "personal-events/{id}", response={200: BlockOut, **errors(400, 401, 403, 404, 422, 429)}
)
def rename_event(request: HttpRequest, id: Id, typed: BlockPatch) -> Any:
    event = get_object_or_404(_events(request).select_related("practitioner"), pk=id)
    event.title = _title(typed.title)
    event.save(update_fields=["title"])
    _note(request, event)
    return shown(event, _zone(request))


@router.delete("personal-events/{id}", response={204: None, **errors(401, 403, 404, 422, 429)})
def delete_event(request: HttpRequest, id: Id) -> Any:
    events = _events(request).select_related("practitioner")
    event = get_object_or_404(events, pk=id)
    unblock(event, following=False)
    _note(request, event)
    return 204, None


@router.get("absences", response={200: BlocksOut, **errors(401, 403, 422, 429)})
def list_absences(request: HttpRequest, paging: Pages) -> Any:
    return page(_absences(request), paging, lambda absence: shown(absence, _zone(request)))


@router.post("absences", response={201: BlockOut, **errors(400, 401, 403, 404, 409, 422, 429)})
def create_absence(request: HttpRequest, typed: AbsenceIn) -> HttpResponse:
    """Where it covers appointments: 409 `stranded` with `appointments`, until it comes again with
    `confirm`. They stay: cancel them by themselves."""
    hers = practitioner(request, typed.practitioner, change=True)
    wanted = _spans(typed, "", _zone(request))

    def create() -> Made:
        by = By.practice(seat(request).user)
        title, now = _title(typed.title), timezone.now()
        refuse_unless_confirmed(request, covered(hers, wanted, now), typed.confirm)
        be_absent(hers, wanted, title, decided=None, by=by, now=now)
        made = hers.absences.filter(start=wanted[0][0], end=wanted[0][1]).latest("pk")
        _note(request, made)
        return [str(made.pk)], shown(made, _zone(request))

    def show(names: Names) -> dict[str, Any]:
        return shown(get_object_or_404(_absences(request), pk=names[0]), _zone(request))

    return once(request, create, show)


@router.get("absences/{id}", response={200: BlockOut, **errors(401, 403, 404, 422, 429)})
def read_absence(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_absences(request), pk=id), _zone(request))


@router.patch("absences/{id}", response={200: BlockOut, **errors(400, 401, 403, 404, 422, 429)})
def rename_absence(request: HttpRequest, id: Id, typed: BlockPatch) -> Any:
    absence = _hers(request, id)
    absence.title = _title(typed.title)
    absence.save(update_fields=["title"])
    _note(request, absence)
    return shown(absence, _zone(request))


@router.delete("absences/{id}", response={204: None, **errors(401, 403, 404, 422, 429)})
def delete_absence(request: HttpRequest, id: Id) -> Any:
    absence = _hers(request, id)
    absence.delete()
    _note(request, absence)
    return 204, None


def _events(request: HttpRequest) -> Any:
    return Event.objects.filter(practice=seat(request).practice, kind=Event.Kind.PERSONAL)


def _absences(request: HttpRequest) -> Any:
    return Absence.objects.by_hand().filter(practitioner__practice=seat(request).practice)


def _hers(request: HttpRequest, id: int) -> Absence:
    absence: Absence = get_object_or_404(_absences(request).select_related("practitioner"), pk=id)
    if not seat(request).may_change_settings_of(absence.practitioner):
        raise PermissionDenied
    return absence


def _note(request: HttpRequest, block: Event | Absence) -> None:
    """Whose time and when; a title may name somebody."""
    written_down(request, Act.TIME, detail=time_in_words(block))


def _zone(request: HttpRequest) -> ZoneInfo:
    return seat(request).practice.zone


def _title(text: str) -> str:
    return " ".join(clean_text(text).split())


def _spans(typed: BlockIn, rule: str, zone: ZoneInfo) -> list[Span]:
    if not timedelta(0) < typed.end - typed.start <= LONGEST:
        raise ValidationError({"end": "after the start, within a year"})
    if not rule:
        return [(typed.start, typed.end)]
    start = typed.start.astimezone(zone).replace(tzinfo=None)
    end = typed.end.astimezone(zone).replace(tzinfo=None)
    try:
        repeated = list(spans(start, end, rule, zone))
    except BadRule as refusal:
        raise ValidationError({"rrule": _BAD_RULES[refusal.code]}) from None
    if any(a[1] > b[0] for a, b in zip(repeated, repeated[1:], strict=False)):
        raise ValidationError({"rrule": "it would repeat before it has ended"})
    return repeated


_BAD_RULES = {
    "not_a_rule": "this is not a rule of RFC 5545",
    "unknown_part": "FREQ (DAILY to YEARLY), INTERVAL, UNTIL or COUNT, BYDAY, BYMONTHDAY, BYMONTH",
    "no_end": "UNTIL or COUNT is wanted",
    "too_far": "at most two years ahead",
    "too_many": "at most 800 times",
    "nothing": "no time follows from it",
    "not_from_start": "the first time that follows from it is not `start`",
}
