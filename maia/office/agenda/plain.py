"""The agenda without a script: one day in lines, with the way to the days around it. The page has it in its
``noscript``, so that a browser that draws the agenda reads nothing of it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from maia.appointments.dates import long_date
from maia.availability.weekly import monday_of
from maia.office.agenda.at_first import Line, lines_on
from maia.office.agenda.place import EVERYBODY, Place
from maia.practices.models import Practitioner

Rows = list[dict[str, Any]]


class Step(NamedTuple):
    """A link: to a day, or to the agenda of a colleague."""

    url: str
    day: date
    words: str
    is_here: bool


class Hers(NamedTuple):
    """What a practitioner has that day. ``closed``: what closes it, in words."""

    name: str
    closed: list[str]
    lines: list[Line]


class Plain(NamedTuple):
    title: str
    before: Step
    today: Step
    after: Step
    week: list[Step]
    people: list[Step]
    agendas: list[Hers]
    is_unread: bool  # a month: its rows are asked by the script alone


def plain_of(
    place: Place, rows: Rows | None, team: Sequence[Practitioner], usual: int | None, today: date
) -> Plain:
    """``rows``: as the calendar draws them first; ``usual``: whose it is where the address names nobody,
    or nobody's: everybody's."""
    chosen = _chosen(place, usual)
    monday = monday_of(place.day)
    shown = [one for one in team if chosen in (None, one.pk)]
    day = timedelta(days=1)
    return Plain(
        long_date(place.day),
        _to(place, place.day - day),
        _to(place, today),
        _to(place, place.day + day),
        [_to(place, monday + n * day) for n in range(7)],
        _people(place, team, chosen) if len(team) > 1 else [],
        [_hers(one, place.day, rows or []) for one in shown],
        rows is None,
    )


def _chosen(place: Place, usual: int | None) -> int | None:
    if place.view == "team" or place.practitioner == EVERYBODY:
        return None
    return int(place.practitioner) if place.practitioner else usual


def _to(place: Place, day: date) -> Step:
    asked = {"date": day.isoformat(), "practitioner": place.practitioner}
    if place.view == "team":
        asked["view"] = place.view
    return Step(_address(asked), day, long_date(day), day == place.day)


def _people(place: Place, team: Sequence[Practitioner], chosen: int | None) -> list[Step]:
    whose = [(EVERYBODY, _("Every practitioner"), chosen is None)]
    whose += [(str(one.pk), one.name, chosen == one.pk) for one in team]
    on = place.day.isoformat()
    return [
        Step(_address({"date": on, "practitioner": pk}), place.day, name, is_here)
        for pk, name, is_here in whose
    ]


def _address(asked: dict[str, str]) -> str:
    said = {name: value for name, value in asked.items() if value}
    return f"{reverse('office:agenda')}?{urlencode(said)}"


def _hers(one: Practitioner, day: date, rows: Rows) -> Hers:
    own = [row for row in rows if row.get("resourceIds") == [one.pk]]
    kinds = {row["type"]: row["is"]["name"] for row in rows if "is" in row}
    return Hers(one.name, list(_closed(own, day)), lines_on(day, own, kinds))


def _closed(rows: Rows, day: date) -> Iterator[str]:
    begins = datetime.combine(day, time())
    ends = begins + timedelta(days=1)
    for row in rows:
        if row.get("display") != "background" or not row.get("title"):
            continue
        start, end = (datetime.fromisoformat(row[edge]) for edge in ("start", "end"))
        if end <= begins or start >= ends:
            continue
        if start <= begins and end >= ends:
            yield row["title"]
        else:
            first, last = max(start, begins), min(end, ends)
            yield f"{first:%H:%M} – {last:%H:%M} {row['title']}"
