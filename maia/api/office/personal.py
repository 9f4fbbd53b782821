"""Personal events: time that the practice takes for itself, once or again and again."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, practitioner, seat
from maia.api.fields import Body, Bool, Id, Instant, Key
from maia.api.office.blocks import (
    LONGEST,
    BlockIn,
    BlockOut,
    clean_line,
    note,
    read_span,
    shown,
    zone_of,
)
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.appointments.acts.personal import (
    Change,
    Rhythm,
    Text,
    Which,
    block_time,
    change_event,
    drop_event,
)
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Event
from maia.patients.text import clean_text
from maia.schedules.repeating import BadRule, Rule, read_rule

router = Router(tags=["office"], auth=OfficeToken())
COLOUR = r"^(#[0-9a-f]{6})?$"

_RULE = (
    "RFC 5545; without UNTIL and COUNT it has no end, and is written out two years ahead. `start` is "
    "its first time."
)


class EventIn(BlockIn):
    note: str = Field("", max_length=2000)
    colour: str = Field("", pattern=COLOUR, description="Empty: a neutral one.")
    rrule: str = Field(
        "",
        max_length=200,
        description=_RULE,
        examples=["FREQ=WEEKLY;INTERVAL=2;UNTIL=20270131T000000Z"],
    )
    allow_overlap: Bool = False


class EventPatch(Body):
    """What is left out stays as it is."""

    title: str | None = Field(None, max_length=120)
    note: str | None = Field(None, max_length=2000)
    colour: str | None = Field(None, pattern=COLOUR)
    start: Instant | None = Field(None, description="Without `end`, it lasts as long as before.")
    end: Instant | None = None
    rrule: str | None = Field(None, max_length=200, description=_RULE + " Empty: once.")
    practitioner: Key | None = Field(
        None, description="In whose agenda; one alone leaves its series."
    )
    which: Which = Field(Which.THIS, description="This one, it and those after it, or all.")
    allow_overlap: Bool = False


class EventOut(BlockOut):
    note: str
    colour: str
    rrule: str = Field(description="Empty: once, or changed alone.")
    series: UUID | None = Field(description="What the events of one repetition share.")


class EventsOut(Schema):
    items: list[EventOut]
    next: str | None


def _shown(event: Event, zone: ZoneInfo) -> dict[str, Any]:
    series = event.series
    return shown(event, zone) | {
        "note": event.note,
        "colour": event.colour,
        "rrule": str(series.repeats) if series and not event.is_apart else "",
        "series": str(series.pk) if series else None,
    }


@router.get("personal-events", response={200: EventsOut, **errors(401, 403, 422, 429)})
def list_events(request: HttpRequest, paging: Pages) -> Any:
    zone = zone_of(request)
    return page(_events(request), paging, lambda event: _shown(event, zone))


@router.post(
    "personal-events", response={201: EventsOut, **errors(400, 401, 403, 404, 409, 422, 429)}
)
def create_event(request: HttpRequest, typed: EventIn) -> HttpResponse:
    """One, or each of its repetition that is written out: `items`."""
    hers, zone = practitioner(request, typed.practitioner), zone_of(request)
    start, end = read_span(typed)
    text = Text(clean_line(typed.title), clean_text(typed.note), typed.colour)

    def create() -> Made:
        with _rules_in_words():
            made = block_time(
                hers,
                start,
                end,
                text,
                rule=_rule(typed.rrule, start, zone),
                now=timezone.now(),
                allow_overlap=typed.allow_overlap,
            )
        note(request, made[0])
        return [str(event.pk) for event in made], listed(made)

    def listed(events: Iterable[Event]) -> dict[str, Any]:
        return {"items": [_shown(event, zone) for event in events], "next": None}

    return once(request, create, lambda names: listed(_events(request).filter(pk__in=names)))


@router.get("personal-events/{id}", response={200: EventOut, **errors(401, 403, 404, 422, 429)})
def read_event(request: HttpRequest, id: Id) -> Any:
    return _shown(get_object_or_404(_events(request), pk=id), zone_of(request))


@router.patch(
    "personal-events/{id}",
    response={200: EventOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def change(request: HttpRequest, id: Id, typed: EventPatch) -> Any:
    """This one, it and those after it, or all (`which`); the event that stands in its place then."""
    event, zone = get_object_or_404(_events(request), pk=id), zone_of(request)
    start, end = typed.start or event.start, typed.end
    if end is None:
        end = start + (event.end - event.start)
    if not timedelta(0) < end - start <= LONGEST:
        raise ValidationError({"end": "after the start, within a year"})
    there = practitioner(request, typed.practitioner) if typed.practitioner else None
    moves = (start, end) != (event.start, event.end)
    with _rules_in_words(), _or_gone(request, id):
        changed = change_event(
            event,
            Change(
                title=None if typed.title is None else clean_line(typed.title),
                note=None if typed.note is None else clean_text(typed.note),
                colour=typed.colour,
                start=start if moves else None,
                end=end if moves else None,
                rhythm=None if typed.rrule is None else Rhythm(_rule(typed.rrule, start, zone)),
                practitioner=there,
            ),
            typed.which,
            now=timezone.now(),
            allow_overlap=typed.allow_overlap,
            allow_fewer=True,  # a rule is written whole: it says which dates are left
        )
    note(request, changed)
    return _shown(get_object_or_404(_events(request), pk=changed.pk), zone)


@router.delete("personal-events/{id}", response={204: None, **errors(401, 403, 404, 409, 422, 429)})
def delete_event(request: HttpRequest, id: Id, which: Which = Which.THIS) -> Any:
    event = get_object_or_404(_events(request), pk=id)
    with _or_gone(request, id):
        drop_event(event, which, now=timezone.now())
    note(request, event)
    return 204, None


def _events(request: HttpRequest) -> Any:
    rows = Event.objects.filter(practice=seat(request).practice, kind=Event.Kind.PERSONAL)
    return rows.select_related("series", "practitioner__practice")


@contextmanager
def _or_gone(request: HttpRequest, id: int) -> Iterator[None]:
    """Of one that somebody has dropped meanwhile there is nothing to read again. Raises Http404."""
    try:
        yield
    except ChangedMeanwhile:
        get_object_or_404(_events(request), pk=id)
        raise


def _rule(text: str, start: datetime, zone: ZoneInfo) -> Rule | None:
    return read_rule(text, start.astimezone(zone).replace(tzinfo=None), zone) if text else None


@contextmanager
def _rules_in_words() -> Iterator[None]:
    try:
        yield
    except BadRule as refusal:
        raise ValidationError({"rrule": _BAD_RULES[refusal.code]}) from None


_BAD_RULES = {
    "not_a_rule": "this is not a rule of RFC 5545",
    "unknown_part": "FREQ (DAILY to YEARLY), INTERVAL, UNTIL or COUNT, BYDAY, BYMONTHDAY, BYMONTH",
    "out_of_range": (
        "INTERVAL is 1 to 99, BYMONTH 1 to 12, BYMONTHDAY 1 to 31 or -1 to -31, BYDAY a weekday (MO "
        "to SU), in a month with 1 to 5 or -1 to -5 before it"
    ),
    "not_together": (
        "BYMONTHDAY goes with DAILY, MONTHLY and YEARLY; a weekday with a number goes with MONTHLY, "
        "or with YEARLY and BYMONTH"
    ),
    "too_far": "it begins within two years, and COUNT is at most 800 times in twenty years",
    "too_many": "too many times at once",
    "too_many_series": "she has as many repetitions as are kept",
    "nothing": "no time follows from it",
    "not_from_start": "the first time that follows from it is not `start`",
    "of_several": "how a repetition comes back changes with `which`: `following` or `all`",
    "meets_itself": "it would repeat before it has ended",
}
