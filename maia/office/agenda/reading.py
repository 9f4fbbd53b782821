"""All that an agenda draws of some days, read in one statement: what `events` says, and the tag by which
`news` knows whether anything has changed since (docs/decisions/2026-11-26-the-agenda-asks.md)."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection

from maia.practices.models import Practitioner

# Texts of JSON: one statement, and no row of its own to fetch and convert. Who sits in an event is
# asked event by event: joined, PostgreSQL reads the seats of all years. ``first``: nothing of hers that
# was not cancelled comes before. The end of time is `EventQuerySet.touching`'s.
_DRAWN = """
SELECT
(SELECT CAST({gather}({row}(id, practitioner_id, start, "end", title, type_id, exclusive, colour, series,
                            version, room, {seats})) AS text)
 FROM (SELECT e.id, e.practitioner_id, e.start, e."end", e.title, e.type_id, e.exclusive, e.colour,
              e.series, e.version, r.name AS room,
              (SELECT {gather}({row}(a.id, a.version, a.status, a.attendance, a.booked_online,
                                     p.first_name, p.last_name, NOT EXISTS (
                  SELECT 1 FROM appointments_appointment b
                  JOIN appointments_event before ON before.id = b.event_id
                  WHERE b.patient_id = a.patient_id AND before.start < e.start
                    AND b.status <> 'cancelled')))
               FROM appointments_appointment a
               LEFT JOIN patients_patient p ON p.id = a.patient_id
               WHERE a.event_id = e.id) AS seats
       FROM appointments_event e LEFT JOIN practices_room r ON r.id = e.room_id
       WHERE e.practitioner_id IN ({people}) AND e."end" > %s AND e.start < %s AND e.blocking
         AND e."end" < 'infinity'
       ORDER BY e.id) AS drawn),
(SELECT CAST({gather}({row}(practitioner_id, start, "end", title, calendar_id)) AS text)
 FROM (SELECT practitioner_id, start, "end", title, calendar_id FROM schedules_absence
       WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s ORDER BY id) AS away),
(SELECT CAST({gather}({row}(practitioner_id, weekday, start, "end", breaks)) AS text)
 FROM (SELECT s.practitioner_id, l.weekday, l.start, l."end", l.breaks
       FROM schedules_schedule s JOIN schedules_openinghours l ON l.schedule_id = s.id
       WHERE s.practitioner_id IN ({people}) ORDER BY l.id) AS hours),
(SELECT CAST({gather}({row}(id, name, colour, place)) AS text)
 FROM (SELECT id, name, colour, place FROM schedules_appointmenttype
       WHERE practice_id = %s ORDER BY id) AS types),
(SELECT CAST({gather}({row}(id, first_name, last_name, title, is_active, closed_on_public_holidays,
                            country, holiday_region, time_zone)) AS text)
 FROM (SELECT p.id, p.first_name, p.last_name, p.title, p.is_active, p.closed_on_public_holidays,
              c.country, c.holiday_region, c.time_zone
       FROM practices_practitioner p JOIN practices_practice c ON c.id = p.practice_id
       WHERE p.practice_id = %s ORDER BY p.id) AS people),
(SELECT CAST({gather}({row}(practitioner_id, substitute_id, first_date, last_date, hours)) AS text)
 FROM (SELECT practitioner_id, substitute_id, first_date, last_date, hours
       FROM practices_replacement WHERE practice_id = %s ORDER BY id) AS replacements)
"""
_AS_JSON = {
    "sqlite": {"gather": "json_group_array", "row": "json_array", "seats": "json(seats)"},
    "postgresql": {"gather": "json_agg", "row": "json_build_array", "seats": "seats"},
}


class Place(NamedTuple):
    """A patient's place in an event."""

    id: int
    version: int
    status: str
    attendance: str
    booked_online: bool
    first_name: str | None
    last_name: str | None
    is_first: bool


class Drawn(NamedTuple):
    """An event. ``start`` and ``end`` are instants as the database writes them."""

    id: int
    practitioner_id: int
    start: str
    end: str
    title: str
    type_id: int | None
    exclusive: bool
    colour: str
    series: Any
    version: int
    room: str | None
    places: list[Place]


class Type(NamedTuple):
    id: int
    name: str
    colour: str
    place: str


class Agendas(NamedTuple):
    """What stands in some agendas on some days. ``tag``: a short text that changes with it."""

    texts: tuple[str, ...]

    @property
    def tag(self) -> str:
        return f'"{sha256("/".join(self.texts).encode()).hexdigest()[:32]}"'

    def drawn(self) -> list[Drawn]:
        rows = json.loads(self.texts[0]) if self.texts else []
        return [Drawn._make([*row[:-1], list(map(Place._make, row[-1] or ()))]) for row in rows]

    def types(self) -> dict[int, Type]:
        rows = json.loads(self.texts[3]) if self.texts else []
        return {row[0]: Type(*row) for row in rows}


def read_agendas(team: Sequence[Practitioner], start: datetime, end: datetime) -> Agendas:
    """What stands in their agendas in ``[start, end)``, all of one practice. One query, none for
    nobody. Who looks is asked before, and the journal is written, by `read_agenda`."""
    if not team:
        return Agendas(())
    people = [practitioner.pk for practitioner in team]
    span = [*people, *(connection.ops.adapt_datetimefield_value(at) for at in (start, end))]
    practice = team[0].practice_id
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(people)), [*span, *span, *people, *[practice] * 3])
        texts: Any = cursor.fetchone()
    return Agendas(tuple(text or "[]" for text in texts))


@cache
def _statement(people: int) -> str:
    return _DRAWN.format(people=", ".join(["%s"] * people), **_AS_JSON[connection.vendor])
