"""What slots are computed from, read in two statements written by hand.

Every look at a booking page asks them. Django's building of the same queries took longer than the
databases' answers; both engines read the same SQL. A test compares them with the models.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from maia.schedules.models import ranges_between


class Line(NamedTuple):
    """A line of a schedule. One without lines is a row as well: it replaces, and opens nothing."""

    practitioner_id: int | None  # None: the type's own schedule
    weekday: int | None  # None: no line
    ranges: list[tuple[int, int]]  # minutes of the day


class Taken(NamedTuple):
    """Time that is not free: an event with its buffers, or an absence, which has no ``id``."""

    practitioner_id: int
    start: datetime  # UTC
    end: datetime  # UTC
    id: int | None
    type_id: int | None
    buffer_before_minutes: int
    buffer_after_minutes: int


_LINES = """
SELECT s.practitioner_id, l.weekday, l.start, l."end", l.breaks
FROM schedules_schedule s LEFT JOIN schedules_openinghours l ON l.schedule_id = s.id
WHERE s.appointment_type_id = %s OR s.practitioner_id IN ({people})
"""
# By end: the index leaves the years behind unread.
_TAKEN = """
SELECT practitioner_id, start, "end", id, type_id, buffer_before_minutes, buffer_after_minutes
FROM appointments_event
WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s AND blocking
UNION ALL
SELECT practitioner_id, start, "end", NULL, NULL, 0, 0
FROM schedules_absence
WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s
"""


def read_lines(type_id: int, people: Sequence[int]) -> list[Line]:
    """The lines of the type's own schedule, if it has one, and of each practitioner's."""
    rows = _read(_LINES, people, [type_id, *people])
    return [
        Line(who, weekday, [] if weekday is None else ranges_between(start, end, _parsed(breaks)))
        for who, weekday, start, end, breaks in rows
    ]


def read_taken(people: Sequence[int], opens: datetime, closes: datetime) -> list[Taken]:
    """All that touches ``[opens, closes)`` (UTC instants) in the agendas of ``people``."""
    adapt = connection.ops.adapt_datetimefield_value
    span = [*people, adapt(opens), adapt(closes)]
    rows = _read(_TAKEN, people, span + span)
    if connection.vendor == "postgresql":
        return [Taken(*row) for row in rows]
    return [Taken(row[0], _instant(row[1]), _instant(row[2]), *row[3:]) for row in rows]


def _read(sql: str, people: Sequence[int], parameters: list[Any]) -> list[tuple[Any, ...]]:
    if not people:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(people=", ".join(["%s"] * len(people))), parameters)
        return list(cursor.fetchall())


def _instant(value: datetime | str) -> datetime:
    """SQLite keeps UTC without saying so, and gives text where it does not know the column."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=UTC)


def _parsed(breaks: Any) -> Any:
    return json.loads(breaks) if isinstance(breaks, str) else breaks
