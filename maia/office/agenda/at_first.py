"""A day as lines of the page itself: a slow phone reads and opens it before the script has drawn the hours."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse

from maia.office.agenda.place import EVERYBODY, Place

IN_DAYS = ("", "day", "3days", "list")  # the views in which a phone begins with one person's day


class Line(NamedTuple):
    """Local times, as the agenda shows them: ``09:00``."""

    start: str
    end: str
    who: str
    kind: str
    marks: str  # the classes that tell it apart, of the calendar's
    url: str


def lines_of(rows: list[dict[str, Any]], place: Place, usual: int | None) -> list[Line]:
    """The appointments and personal events that begin on the place's day, of what the calendar draws
    first. ``usual``: whose agenda it is where the address names nobody. None of everybody's."""
    if place.view not in IN_DAYS or place.practitioner == EVERYBODY:
        return []
    whose = int(place.practitioner) if place.practitioner else usual
    kinds = {row["type"]: row["is"]["name"] for row in rows if "is" in row}
    drawn = [row for row in rows if row.get("resourceIds") == [whose]]
    return lines_on(place.day, drawn, kinds)


def lines_on(day: date, rows: list[dict[str, Any]], kinds: dict[int, str]) -> list[Line]:
    """``kinds``: the names of the types that the rows say by their number."""
    return sorted(_lines(rows, day.isoformat(), kinds))


def _lines(rows: list[dict[str, Any]], day: str, kinds: dict[int, str]) -> Iterator[Line]:
    for row in rows:
        if "version" not in row or row["start"][:10] != day:
            continue  # what closes a day is no event
        page, pk = (
            ("sheet", row["appointment"]) if "appointment" in row else ("personal_event", row["id"])
        )
        kind = kinds.get(row["type"], "")
        shown = " · ".join([kind, row["room"]] if "room" in row else [kind])
        yield Line(
            row["start"][11:16],
            row["end"][11:16],
            row["title"] or kind,
            shown if row["title"] and "appointment" in row else "",
            " ".join(row["classNames"]),
            reverse(f"office:{page}", args=[pk]),
        )
