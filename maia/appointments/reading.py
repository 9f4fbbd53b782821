"""What slots are computed from, read in statements written by hand: the offer, the agendas, or both.

Every look at a booking page asks them. Django's building of the same queries took longer than the
databases' answers; both engines read the same SQL. A test compares them with the models.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from maia.appointments.exceptions import NotBookable
from maia.appointments.replica import read
from maia.availability.dated import DatedHours
from maia.availability.intervals import Interval, merge
from maia.availability.sites import AT_MAIN, Sites, Ways
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType, ranges_between
from maia.schedules.written import Count, WrittenDay, WrittenHours, WrittenPeriod

M = TypeVar("M", bound=models.Model)
# Of events, absences, weeks that may be full, replacements, rooms, lines and what else is said of hours:
# JSON arrays.
Texts = tuple[str, ...]
NOTHING: Texts = ("[]",) * 7
Hours = dict[
    int | None, WrittenHours
]  # by practitioner; None: the type's own, if it has a schedule
A_WEEK = timedelta(days=7)
ALWAYS = Interval(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_MODELS: tuple[type[models.Model], ...] = (AppointmentType, Practice, Practitioner)


class Taken(NamedTuple):
    """Time that is not free: an event with its buffers, or an absence, which has no ``id``."""

    practitioner_id: int
    start: datetime  # UTC
    end: datetime  # UTC
    id: int | None
    type_id: int | None
    buffer_before_minutes: int
    buffer_after_minutes: int
    site: int | None = None  # its key, or `AT_MAIN`; None: it happens nowhere in particular


class Sited(NamedTuple):
    """What is said of sites. ``ways``: by practitioner."""

    sites: Sites
    ways: Mapping[int, Ways]


# Whether a practitioner has the type of `t` on her own account.
_HAS_IT = """
(t.practitioner_id IS NULL OR t.practitioner_id = {one}.id)
AND (NOT t.for_some OR EXISTS (SELECT 1 FROM schedules_appointmenttype_some s
                               WHERE s.appointmenttype_id = t.id AND s.practitioner_id = {one}.id))
"""
# With who takes over from somebody who offers it, from the date that is asked for on.
_OFFER = """
SELECT {columns}, ({p_has_it}) AS hers, p.id AS who, p.position AS rank
FROM schedules_appointmenttype t
JOIN practices_practice c ON c.id = t.practice_id
LEFT JOIN practices_practitioner p ON p.practice_id = c.id AND p.is_active
    AND p.allow_online_booking AND (({p_has_it}) OR EXISTS (
        SELECT 1 FROM practices_replacement r
        JOIN practices_practitioner q ON q.id = r.practitioner_id AND q.is_active
            AND q.allow_online_booking AND {q_has_it}
        WHERE r.substitute_id = p.id AND r.last_date >= %s))
    AND (CAST(%s AS bigint) IS NULL OR p.id = %s)
WHERE t.id = %s AND c.slug = %s AND t.allow_online_booking AND NOT t.archived
"""
# Seven texts of JSON: each row of its own is fetched and converted by Python one after the other,
# and SQLite's gives other threads their turn each time. Events by their end: the index leaves the
# years behind unread. The end of time is `EventQuerySet.touching`'s: one plan for all looks.
# A schedule without lines has a row as well: it replaces, and opens nothing. The last text is of what
# most schedules do not have: turns, periods, other weeks, exceptional openings, sites.
_PLANS = """
plans AS (SELECT id, practitioner_id AS who, weeks, by_number, first_monday FROM schedules_schedule
          WHERE practitioner_id IN ({people}) OR appointment_type_id = %s
          UNION
          SELECT s.id, s.practitioner_id, s.weeks, s.by_number, s.first_monday
          FROM practices_replacement r
          JOIN schedules_schedule s ON s.practitioner_id = r.practitioner_id
          WHERE r.substitute_id IN ({people}) AND r.hours = 'replaced'
            AND r.last_date >= %s AND r.first_date <= %s)
"""
_TAKEN = """
(SELECT CAST({gather}({row}(e.practitioner_id, e.start, e."end", e.id, e.type_id,
                            e.buffer_before_minutes, e.buffer_after_minutes,
                            CASE WHEN t.place = 'site' THEN COALESCE(e.place_id, {main}) END))
             AS text)
 FROM appointments_event e LEFT JOIN schedules_appointmenttype t ON t.id = e.type_id
 WHERE e.practitioner_id IN ({people}) AND e."end" > %s AND e.start < %s AND e.blocking
   AND e."end" < 'infinity'),
(SELECT CAST({gather}({row}(practitioner_id, start, "end")) AS text)
 FROM schedules_absence
 WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s)
"""
# Of a type of which so many are taken a week, whole weeks count: a week wider than what is looked at.
# Of all other types nothing is read.
_WEEKS = """
(SELECT CAST({gather}({row}(e.practitioner_id, e.start, e.id)) AS text)
 FROM schedules_appointmenttype w CROSS JOIN appointments_event e
 WHERE w.id = %s AND w.max_a_week IS NOT NULL AND e.type_id = w.id
   AND e.practitioner_id IN ({people}) AND e."end" > %s AND e.start < %s AND e.blocking
   AND e."end" < 'infinity')
"""
_REPLACEMENTS = """
(SELECT CAST({gather}({row}(r.practitioner_id, r.substitute_id, r.first_date, r.last_date, r.hours,
                            q.closed_on_public_holidays,
                            q.is_active AND {q_has_it}, q.allow_online_booking)) AS text)
 FROM practices_replacement r
 JOIN practices_practitioner q ON q.id = r.practitioner_id
 JOIN schedules_appointmenttype t ON t.id = %s
 WHERE (r.substitute_id IN ({people}) OR r.practitioner_id IN ({people}))
   AND r.last_date >= %s AND r.first_date <= %s)
"""
# Of the rooms that a type may take, whoever is in them; of most types there are none. One that nobody
# uses in that time has a row as well.
_ROOMS = """
(SELECT CAST({gather}({row}(r.id, r.place_id, e.start, e."end", e.id)) AS text)
 FROM schedules_appointmenttype_rooms k
 JOIN practices_room r ON r.id = k.room_id AND NOT r.archived
 LEFT JOIN appointments_event e ON e.room_id = r.id AND e."end" > %s AND e.start < %s
    AND e.blocking AND e."end" < 'infinity'
 WHERE k.appointmenttype_id = %s)
"""
_HOURS = """
(SELECT CAST({gather}({row}(s.who, l.weekday, l.place_id, l.start, l."end", l.breaks)) AS text)
 FROM plans s LEFT JOIN schedules_openinghours l ON l.schedule_id = s.id),
(SELECT CAST({gather}({json}(r)) AS text) FROM (
 SELECT {row}('turn', who, weeks, by_number, first_monday) AS r FROM plans WHERE weeks > 1
 UNION ALL
 SELECT {row}('line', s.who, l.period_id, l.week, l.weekday, l.place_id, l.start, l."end", l.breaks)
 FROM plans s JOIN schedules_otherhours l ON l.schedule_id = s.id
 UNION ALL
 SELECT {row}('period', s.who, p.id, p.name, p.first_date, p.last_date, p.weeks, p.by_number,
              p.first_monday)
 FROM plans s JOIN schedules_period p ON p.schedule_id = s.id
 UNION ALL
 SELECT {row}('day', s.who, d.date, d.start, d."end", d.breaks, d.title, t.appointmenttype_id,
              d.id, d.place_id)
 FROM plans s JOIN schedules_specialday d ON d.schedule_id = s.id AND d.date BETWEEN %s AND %s
 LEFT JOIN schedules_specialday_types t ON t.specialday_id = d.id
 UNION ALL
 SELECT {row}('main', t.id, m.id) FROM schedules_appointmenttype t
 JOIN practices_place m ON m.practice_id = t.practice_id AND m.is_main
 WHERE t.id = %s AND t.place = 'site'
 UNION ALL
 SELECT {row}('only', t.id, a.place_id) FROM schedules_appointmenttype t
 JOIN schedules_appointmenttype_places a ON a.appointmenttype_id = t.id
 WHERE t.id = %s AND t.place = 'site'
 UNION ALL
 SELECT {row}('way', s.who, w.one_id, w.other_id, w.minutes)
 FROM plans s JOIN practices_travel w ON w.practitioner_id = s.who
) said)
"""
_BOTH = """
WITH offered AS ({offer}), {plans} SELECT offered.*, {agendas} FROM offered ORDER BY rank, who
"""
_HAVE_IT = {f"{one}_has_it": _HAS_IT.format(one=one) for one in "pq"}
_OF_SITES = ("main", "only", "way")
_AS_JSON = {
    "sqlite": {"gather": "json_group_array", "row": "json_array", "json": "json"},
    "postgresql": {"gather": "json_agg", "row": "json_build_array", "json": ""},
}


def read_offer(
    slug: str, type_id: int, only: int | None = None, *, since: date, token: str = ""
) -> tuple[AppointmentType, list[Practitioner]]:
    """A type that is online in the practice of ``slug``, and who offers it online, in the
    practice's order: all, or the ``only`` one asked for; with who takes over, from ``since`` on, from
    somebody who does. ``token``: of the link of one that is by private link only. One query. Raises
    `AppointmentType.DoesNotExist`, and `NotBookable` where the one asked for does not offer it."""
    statement = f"{_offer_statement()} ORDER BY rank, who"
    return _offered(read(statement, [_date(since), only, only, type_id, slug]), only, token)


def read_agendas(type_id: int, people: Sequence[int], opens: datetime, closes: datetime) -> Texts:
    """What is said of hours by the type's own schedule, if it has one, and by each practitioner's; and all
    that touches ``[opens, closes)`` (UTC instants) in the agendas of ``people``: as texts that
    `parse_agendas` reads, the same as long as nothing changes. One query."""
    if not people:
        return NOTHING
    span, days = [*people, *_adapted(opens, closes)], _days(opens, closes)
    plans, agendas = _agendas_statement(", ".join(["%s"] * len(people)))
    weeks = [type_id, *people, *_adapted(*_weeks(opens, closes))]
    planned = [*people, type_id, *people, *days]
    replaced = [type_id, *people, *people, *days]
    rooms = [*_adapted(opens, closes), type_id]
    (row,) = read(
        f"WITH {plans} SELECT {agendas}",
        [*planned, *span, *span, *weeks, *replaced, *rooms, *days, type_id, type_id],
    )
    return _texts(row)


def read_hours(type_id: int | None, people: Sequence[int], first: date, last: date) -> Hours:
    """What is said of the hours of these local dates alone. One query."""
    if not people:
        return {}
    return parse_hours(_read_hours(type_id or 0, people, first, last))


def read_offer_and_agendas(
    slug: str,
    type_id: int,
    only: int | None,
    opens: datetime,
    closes: datetime,
    *,
    token: str = "",
) -> tuple[AppointmentType, list[Practitioner], Texts]:
    """`read_offer`, and `read_agendas` of whom it names. One query: a look at slots needs no more."""
    plans, agendas = _agendas_statement("SELECT who FROM offered")
    statement = _BOTH.format(offer=_offer_statement(), plans=plans, agendas=agendas)
    span, days = _adapted(opens, closes), _days(opens, closes)
    weeks = [type_id, *_adapted(*_weeks(opens, closes))]
    offer = [days[0], only, only, type_id, slug]
    planned, replaced, rooms = [type_id, *days], [type_id, *days], [*span, type_id]
    asked = [*offer, *planned, *span, *span, *weeks, *replaced, *rooms, *days, type_id, type_id]
    rows = read(statement, asked)
    return *_offered(rows, only, token), _texts(rows[0])


def parse_agendas(found: Texts) -> tuple[Hours, list[Taken]]:
    """What `read_agendas` has read."""
    events, absences = map(json.loads, found[:2])
    taken = [Taken(who, _instant(start), _instant(end), *of) for who, start, end, *of in events]
    away = [
        Taken(who, _instant(start), _instant(end), None, None, 0, 0) for who, start, end in absences
    ]
    return parse_hours(found), taken + away


def parse_weeks(found: Texts) -> list[tuple[int, datetime, int]]:
    """Of a type of which so many are taken a week, those that stand: whose, when, and the event's key."""
    return [(who, _instant(start), key) for who, start, key in json.loads(found[2])]


def parse_rooms(found: Texts, without: int | None, site: int | None) -> list[list[Interval]]:
    """When each room that the type may take is taken, as it is seen from ``site``: one of another site always
    is. ``without``: by any event but this one."""
    rooms: dict[int, list[Interval]] = {}
    for room, its_site, start, end, key in json.loads(found[4]):
        taken = rooms.setdefault(room, [])
        if site is not None and its_site not in (None, site):
            taken.append(ALWAYS)
        if key is not None and key != without:
            taken.append(Interval(_instant(start), _instant(end)))
    return [merge(taken) for taken in rooms.values()]


def parse_hours(found: Texts) -> Hours:
    """What is said of hours, of which the last two texts are: of a practitioner without a schedule
    nothing."""
    hours: Hours = {}
    lines, more = map(json.loads, found[-2:])
    for who, weekday, site, *times in lines:
        written = hours.setdefault(who, WrittenHours())
        if weekday is not None:
            written.add_line(None, 0, weekday, _ranges(*times), site)
    days: dict[tuple[int | None, str], WrittenDay] = {}
    chosen: dict[tuple[int | None, str], set[int]] = {}
    for kind, who, *said in more:
        if kind in _OF_SITES:
            continue
        written = hours[who]
        match kind:
            case "turn":
                written.count = _count(*said)
            case "line":
                period, week, weekday, site, *times = said
                written.add_line(period, week, weekday, _ranges(*times), site)
            case "period":
                key, name, first, last, *count = said
                dates = date.fromisoformat(first), last and date.fromisoformat(last)
                written.periods.append(WrittenPeriod(key, name, *dates, _count(*count)))
            case "day":  # once for each of its types
                day, start, end, breaks, title, type, key, site = said
                types = chosen.get((who, day))
                if types is None:
                    types = chosen[who, day] = set()
                    ranges = _ranges(start, end, breaks)
                    days[who, day] = WrittenDay(
                        date.fromisoformat(day), ranges, title, id=key, site=site
                    )
                if type is not None:
                    types.add(type)
    for (who, day), special in days.items():
        for_types = frozenset(chosen[who, day]) or None
        hours[who].days.append(special._replace(types=for_types))
    return hours


def parse_sites(found: Texts) -> Sited:
    """What is said of the sites of the type, and of the ways between them."""
    main, only = None, set()
    ways: dict[int, dict[tuple[int, int], timedelta]] = {}
    for kind, who, *said in json.loads(found[-1]):
        match kind:
            case "main":
                (main,) = said
            case "only":
                only.update(said)
            case "way":
                one, other, minutes = said
                ways.setdefault(who, {})[one, other] = timedelta(minutes=minutes)
    return Sited(Sites(main, frozenset(only) or None), ways)


def hours_for(
    type_id: int, practitioner: int, said: Hours, holidays: frozenset[date] = frozenset()
) -> DatedHours:
    """Of a type with a practitioner: its own hours if it has a schedule, be it without any line (rule
    3.2), else her general ones."""
    general, own = said.get(practitioner, WrittenHours()), said.get(None)
    if own is None:
        return general.dated(type_id, holidays)
    return general.replaced_by(own, type_id, holidays)


def _offered(
    rows: list[tuple[Any, ...]], only: int | None, token: str
) -> tuple[AppointmentType, list[Practitioner]]:
    if not rows:
        raise AppointmentType.DoesNotExist
    of_type, of_practice, of_practitioner = (len(m._meta.concrete_fields) for m in _MODELS)
    mine = of_type + of_practice
    hers = mine + of_practitioner
    offered = _made(AppointmentType, rows[0][:of_type])
    if not offered.opens_with(token):
        raise AppointmentType.DoesNotExist
    offered.practice = _made(Practice, rows[0][of_type:mine])
    people = [row for row in rows if row[mine] is not None]
    team = [_made(Practitioner, row[mine:hers]) for row in people]
    if only is not None and not team:
        raise NotBookable(NotBookable.Reason.NOT_THIS_PRACTITIONER)
    if offered.for_some:
        offered.is_known_to_be_of(row[mine] for row in people if row[hers])
    for practitioner in team:
        practitioner.practice = offered.practice
    return offered, team


def _read_hours(type_id: int, people: Sequence[int], first: date, last: date) -> Texts:
    words = {"people": ", ".join(["%s"] * len(people)), **_AS_JSON[connection.vendor]}
    statement = f"WITH {_PLANS} SELECT {_HOURS}".format(**words)
    days = [_date(first), _date(last)]
    (row,) = read(statement, [*people, type_id, *people, *days, *days, type_id, type_id])
    return _texts(row, 2)


def _adapted(*instants: datetime) -> list[Any]:
    return [connection.ops.adapt_datetimefield_value(instant) for instant in instants]


def _weeks(opens: datetime, closes: datetime) -> tuple[datetime, datetime]:
    return opens - A_WEEK, closes + A_WEEK


def _days(opens: datetime, closes: datetime) -> list[Any]:
    return [_date(at.date()) for at in (opens, closes)]


def _date(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _texts(row: tuple[Any, ...], count: int = len(NOTHING)) -> Texts:
    """Its last columns. Of nothing PostgreSQL makes no array."""
    return tuple(text or "[]" for text in row[-count:])


@cache
def _agendas_statement(people: str) -> tuple[str, str]:
    """The schedules that matter, and what is read of them and of the agendas."""
    words = {"people": people, "main": AT_MAIN, **_HAVE_IT, **_AS_JSON[connection.vendor]}
    taken = f"{_TAKEN}, {_WEEKS}, {_REPLACEMENTS}, {_ROOMS}, {_HOURS}"
    return _PLANS.format(**words), taken.format(**words)


@cache
def _offer_statement() -> str:
    columns = ", ".join(_columns(model, alias) for model, alias in zip(_MODELS, "tcp", strict=True))
    return _OFFER.format(columns=columns, **_HAVE_IT)


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def _made(model: type[M], values: Sequence[Any]) -> M:
    """As Django makes it. SQLite has neither booleans, times nor UUIDs of its own."""
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
        if isinstance(field, models.BooleanField | models.TimeField | models.UUIDField)
    ]


def _ranges(start: int, end: int, breaks: Any) -> list[tuple[int, int]]:
    parsed = json.loads(breaks) if isinstance(breaks, str) else breaks
    return ranges_between(start, end, parsed)


def _count(weeks: int, by_number: int, first_monday: str | None) -> Count:
    monday = None if first_monday is None else date.fromisoformat(first_monday)
    return Count(weeks, bool(by_number), monday)


def _instant(text: str) -> datetime:
    """PostgreSQL says the offset, which is UTC's in our sessions; SQLite keeps UTC and says none."""
    return datetime.fromisoformat(text if text[-6] == "+" else f"{text}+00:00")
