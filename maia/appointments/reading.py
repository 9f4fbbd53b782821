"""What slots are computed from, read in statements written by hand: the offer, the agendas, or both.

Every look at a booking page asks them. Django's building of the same queries took longer than the
databases' answers; both engines read the same SQL. A test compares them with the models.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from maia.appointments.exceptions import NotBookable
from maia.appointments.replica import read
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType, ranges_between

M = TypeVar("M", bound=models.Model)
Texts = tuple[str, ...]  # of events, absences and lines, each a JSON array
NOTHING: Texts = ("[]",) * 3
_MODELS: tuple[type[models.Model], ...] = (AppointmentType, Practice, Practitioner)


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


_OFFER = """
SELECT {columns}, p.id AS who, p.position AS rank
FROM schedules_appointmenttype t
JOIN practices_practice c ON c.id = t.practice_id
LEFT JOIN practices_practitioner p ON p.practice_id = c.id AND p.is_active
    AND p.allow_online_booking AND (t.practitioner_id IS NULL OR t.practitioner_id = p.id)
    AND (CAST(%s AS bigint) IS NULL OR p.id = %s)
WHERE t.id = %s AND c.slug = %s AND t.allow_online_booking AND NOT t.archived
"""
# Three texts of JSON: each row of its own is fetched and converted by Python one after the other,
# and SQLite's gives other threads their turn each time. Events by their end: the index leaves the
# years behind unread. The end of time is `EventQuerySet.touching`'s: one plan for all looks.
# A schedule without lines has a row as well: it replaces, and opens nothing.
_AGENDAS = """
(SELECT CAST({gather}({row}(practitioner_id, start, "end", id, type_id,
                            buffer_before_minutes, buffer_after_minutes)) AS text)
 FROM appointments_event
 WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s AND blocking
   AND "end" < 'infinity'),
(SELECT CAST({gather}({row}(practitioner_id, start, "end")) AS text)
 FROM schedules_absence
 WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s),
(SELECT CAST({gather}({row}(s.practitioner_id, l.weekday, l.start, l."end", l.breaks)) AS text)
 FROM schedules_schedule s LEFT JOIN schedules_openinghours l ON l.schedule_id = s.id
 WHERE s.practitioner_id IN ({people}) OR s.appointment_type_id = %s)
"""
_BOTH = """
WITH offered AS ({offer}) SELECT offered.*, {agendas} FROM offered ORDER BY rank, who
"""
_AS_JSON = {
    "sqlite": {"gather": "json_group_array", "row": "json_array"},
    "postgresql": {"gather": "json_agg", "row": "json_build_array"},
}


def read_offer(
    slug: str, type_id: int, only: int | None = None
) -> tuple[AppointmentType, list[Practitioner]]:
    """A type that is online in the practice of ``slug``, and who offers it online, in the
    practice's order: all, or the ``only`` one asked for. One query. Raises
    `AppointmentType.DoesNotExist`, and `NotBookable` where the one asked for does not offer it."""
    statement = f"{_offer_statement()} ORDER BY rank, who"
    return _offered(read(statement, [only, only, type_id, slug]), only)


def read_agendas(type_id: int, people: Sequence[int], opens: datetime, closes: datetime) -> Texts:
    """The lines of the type's own schedule, if it has one, and of each practitioner's; and all
    that touches ``[opens, closes)`` (UTC instants) in the agendas of ``people``: as texts that
    `parse_agendas` reads, the same as long as nothing changes. One query."""
    if not people:
        return NOTHING
    span = [*people, *_adapted(opens, closes)]
    agendas = _agendas_statement(", ".join(["%s"] * len(people)))
    (row,) = read(f"SELECT {agendas}", [*span, *span, *people, type_id])
    return _texts(row)


def read_offer_and_agendas(
    slug: str, type_id: int, only: int | None, opens: datetime, closes: datetime
) -> tuple[AppointmentType, list[Practitioner], Texts]:
    """`read_offer`, and `read_agendas` of whom it names. One query: a look at slots needs no more."""
    agendas = _agendas_statement("SELECT who FROM offered")
    statement = _BOTH.format(offer=_offer_statement(), agendas=agendas)
    span = _adapted(opens, closes)
    rows = read(statement, [only, only, type_id, slug, *span, *span, type_id])
    return *_offered(rows, only), _texts(rows[0])


def parse_agendas(found: Texts) -> tuple[list[Line], list[Taken]]:
    """What `read_agendas` has read."""
    events, absences = map(json.loads, found[:2])
    taken = [Taken(who, _instant(start), _instant(end), *of) for who, start, end, *of in events]
    away = [
        Taken(who, _instant(start), _instant(end), None, None, 0, 0) for who, start, end in absences
    ]
    return parse_lines(found), taken + away


def parse_lines(found: Texts) -> list[Line]:
    """The lines of the schedules alone."""
    return [_line(*line) for line in json.loads(found[2])]


def _offered(
    rows: list[tuple[Any, ...]], only: int | None
) -> tuple[AppointmentType, list[Practitioner]]:
    if not rows:
        raise AppointmentType.DoesNotExist
    of_type, of_practice, of_practitioner = (len(m._meta.concrete_fields) for m in _MODELS)
    mine = of_type + of_practice
    offered = _made(AppointmentType, rows[0][:of_type])
    offered.practice = _made(Practice, rows[0][of_type:mine])
    people = [row[mine : mine + of_practitioner] for row in rows]
    team = [_made(Practitioner, values) for values in people if values[0] is not None]
    if only is not None and not team:
        raise NotBookable(NotBookable.Reason.NOT_THIS_PRACTITIONER)
    for practitioner in team:
        practitioner.practice = offered.practice
    return offered, team


def _adapted(*instants: datetime) -> list[Any]:
    return [connection.ops.adapt_datetimefield_value(instant) for instant in instants]


def _texts(row: tuple[Any, ...]) -> Texts:
    """Its last columns. Of nothing PostgreSQL makes no array."""
    return tuple(text or "[]" for text in row[-len(NOTHING) :])


@cache
def _agendas_statement(people: str) -> str:
    return _AGENDAS.format(people=people, **_AS_JSON[connection.vendor])


@cache
def _offer_statement() -> str:
    columns = ", ".join(_columns(model, alias) for model, alias in zip(_MODELS, "tcp", strict=True))
    return _OFFER.format(columns=columns)


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def _made(model: type[M], values: Sequence[Any]) -> M:
    """As Django makes it. SQLite has neither booleans nor times of its own."""
    names, conversions = _fields(model)
    converted = list(values)
    for index, convert in conversions:
        converted[index] = convert(converted[index])
    return model.from_db(connection.alias, names, converted)


@cache
def _fields(
    model: type[models.Model],
) -> tuple[list[str], list[tuple[int, Callable[[Any], Any]]]]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [
        (index, field.to_python)
        for index, field in enumerate(fields)
        if isinstance(field, models.BooleanField | models.TimeField)
    ]


def _line(
    practitioner_id: int | None, weekday: int | None, start: int, end: int, breaks: Any
) -> Line:
    if weekday is None:
        return Line(practitioner_id, None, [])
    parsed = json.loads(breaks) if isinstance(breaks, str) else breaks
    return Line(practitioner_id, weekday, ranges_between(start, end, parsed))


def _instant(text: str) -> datetime:
    """PostgreSQL says the offset, which is UTC's in our sessions; SQLite keeps UTC and says none."""
    return datetime.fromisoformat(text if text[-6] == "+" else f"{text}+00:00")
