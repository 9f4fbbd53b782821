"""Free slots: the stored rules and the stored agenda, handed to the heart.

What is offered and what is accepted is this one computation: `booking` asks it too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from maia.appointments.exceptions import InvalidRange
from maia.appointments.models import Event
from maia.appointments.reading import Taken, read_lines, read_taken
from maia.availability.intervals import Interval
from maia.availability.policy import Window
from maia.availability.slots import Busy, day_slots
from maia.availability.weekly import WeeklyHours
from maia.practices.models import Practitioner
from maia.schedules.holidays import public_holidays
from maia.schedules.models import AppointmentType

MAX_DAYS = 92  # in one search
SOON = timedelta(days=7)  # where the next free day mostly is
NEAR, FAR = timedelta(days=5), timedelta(days=40)  # from the wanted day, either way
# Wider than any offset from UTC, two buffers and a clock change together.
_MARGIN = timedelta(hours=36)


_Lines = dict[int, list[tuple[int, int]]]  # by weekday


class Slot(NamedTuple):
    """A free time that can be taken; ``start`` and ``end`` are UTC instants."""

    start: datetime
    end: datetime
    practitioner: Practitioner


@dataclass(frozen=True)
class _Agenda:
    """What one practitioner's slots are computed from."""

    practitioner: Practitioner
    hours: WeeklyHours
    busy: list[Busy]
    closed: list[Interval]
    full_dates: set[date]
    window: Window | None
    leaving: datetime | None  # the start of the event that moves: no move to where it is


def practitioners_for(type: AppointmentType) -> list[Practitioner]:
    """Who offers this type online, in the practice's order. One query."""
    online = type.practice.practitioners.bookable_online()
    if type.practitioner_id is not None:
        online = online.filter(pk=type.practitioner_id)
    return list(online)


def free_slots(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    *,
    now: datetime | None,
    without: Event | None = None,
) -> dict[date, list[Slot]]:
    """The free slots of each local date from ``first`` to ``last`` (both included) that has some.

    Sorted by start, then in the order of ``practitioners`` (all of the type's practice). ``now``
    is an aware instant; None means that notice and horizon do not apply, as for the practitioner
    herself. ``without`` is an event that is about to leave its place, which is not offered.
    Two queries, whatever the agenda. Raises `InvalidRange`. Product rule 3.3.
    """
    if last < first or (last - first).days >= MAX_DAYS:
        raise InvalidRange
    return dict(_days(type, practitioners, first, last, now, without))


def free_slots_and_next(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    *,
    now: datetime,
) -> tuple[dict[date, list[Slot]], date | None]:
    """`free_slots`, and the first local date after ``last`` that has one, if any within the
    horizon. Mostly in the same three queries: the next free day is seldom far."""
    if last < first or (last - first).days >= MAX_DAYS:
        raise InvalidRange
    looked_at = min(last, date.max - SOON) + SOON
    found = dict(_days(type, practitioners, first, looked_at, now, None))
    inside = {day: slots for day, slots in found.items() if day <= last}
    after = next((day for day in found if day > last), None)
    if after is None and looked_at < date.max:
        after = next_free_date(type, practitioners, looked_at + timedelta(days=1), now=now)
    return inside, after


def next_free_date(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    after: date,
    *,
    now: datetime,
    without: Event | None = None,
) -> date | None:
    """The first local date from ``after`` on, within the horizon, that has a free slot."""
    zone = type.practice.zone
    last = max(
        (type.policy_for(p).window(now, zone).last_date for p in practitioners), default=after
    )
    first = max(after, now.astimezone(zone).date())
    if last < first:
        return None
    days = _days(type, practitioners, first, last, now, without)
    return next((day for day, _slots in days), None)


def nearest_free(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    start: datetime,
    *,
    now: datetime,
    count: int = 6,
    without: Event | None = None,
) -> list[Slot]:
    """The free slots nearest to ``start`` in time, in order: what to offer when it is gone."""
    zone = type.practice.zone
    today = now.astimezone(zone).date()
    wanted = start.astimezone(zone).date()
    last = max(type.policy_for(p).window(now, zone).last_date for p in practitioners)
    slots: list[Slot] = []
    for days in NEAR, FAR:  # far only where near has too few
        first = min(max(wanted - days, today), last)
        found = free_slots(type, practitioners, first, first + 2 * days, now=now, without=without)
        slots = [slot for offered in found.values() for slot in offered]
        if len(slots) >= count:
            break
    nearest = sorted(slots, key=lambda slot: abs(slot.start - start))[:count]
    return sorted(nearest, key=lambda slot: slot.start)


def _days(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    now: datetime | None,
    without: Event | None,
) -> Iterator[tuple[date, list[Slot]]]:
    agendas = _agendas(type, practitioners, first, last, now, without)
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if len(agendas) == 1:
        yield from _of_one(type, agendas[0], dates)
        return
    by_date: dict[date, list[Slot]] = {}
    for agenda in agendas:
        for day, slots in _of_one(type, agenda, dates):
            by_date.setdefault(day, []).extend(slots)
    for day in sorted(by_date):
        yield day, sorted(by_date[day], key=lambda slot: slot.start)  # stable: keeps their order


def _of_one(
    type: AppointmentType, agenda: _Agenda, dates: list[date]
) -> Iterator[tuple[date, list[Slot]]]:
    found = day_slots(
        hours=agenda.hours,
        dates=dates,
        zone=type.practice.zone,
        shape=type.shape,
        busy=agenda.busy,
        closed=agenda.closed,
        full_dates=agenda.full_dates,
        window=agenda.window,
    )
    for day, slots in found:
        elsewhere = [
            Slot(start, end, agenda.practitioner) for start, end in slots if start != agenda.leaving
        ]
        if elsewhere:
            yield day, elsewhere


def _agendas(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    now: datetime | None,
    without: Event | None,
) -> list[_Agenda]:
    zone = type.practice.zone
    opens, closes = _instants(first, last)
    ids = [p.pk for p in practitioners]
    hours = _weekly_hours(type, ids)
    taken: dict[int, list[Taken]] = {pk: [] for pk in ids}
    away: dict[int, list[Interval]] = {pk: [] for pk in ids}
    for row in read_taken(ids, opens, closes):
        if row.id is None:
            away[row.practitioner_id].append(Interval(row.start, row.end))
        elif without is None or row.id != without.pk:
            taken[row.practitioner_id].append(row)
    return [
        _Agenda(
            practitioner=p,
            hours=hours.get(p.pk, WeeklyHours({})),
            busy=[_busy(event) for event in taken[p.pk]],
            closed=away[p.pk],
            full_dates=_full_dates(type, p, taken[p.pk], zone, first, last),
            window=type.policy_for(p).window(now, zone) if now is not None else None,
            leaving=without.start if without else None,
        )
        for p in practitioners
    ]


def _busy(event: Taken) -> Busy:
    before, after = event.buffer_before_minutes, event.buffer_after_minutes
    return Busy(event.start, event.end, timedelta(minutes=before), timedelta(minutes=after))


def _weekly_hours(type: AppointmentType, ids: Iterable[int]) -> dict[int, WeeklyHours]:
    """By practitioner: the type's own hours if it has a schedule, else her general ones.

    From the schedules to their lines, so that an own schedule without any line is seen too: it
    replaces the general one altogether (product rule 3.2).
    """
    own: _Lines | None = None
    general: dict[int, _Lines] = {pk: {} for pk in ids}
    for practitioner_id, weekday, ranges in read_lines(type.pk, list(ids)):
        if practitioner_id is None:
            own = {} if own is None else own
        if weekday is None:
            continue
        lines = own if practitioner_id is None else general[practitioner_id]
        assert lines is not None
        lines[weekday] = ranges
    if own is not None:
        return dict.fromkeys(general, WeeklyHours(own))
    return {pk: WeeklyHours(lines) for pk, lines in general.items()}


def _full_dates(
    type: AppointmentType,
    practitioner: Practitioner,
    events: list[Taken],
    zone: ZoneInfo,
    first: date,
    last: date,
) -> set[date]:
    full: set[date] = set()
    if practitioner.closed_on_public_holidays:
        full |= public_holidays(type.practice, first, last)
    if type.max_a_day is not None:
        days = [e.start.astimezone(zone).date() for e in events if e.type_id == type.pk]
        full |= {day for day in days if days.count(day) >= type.max_a_day}
    return full


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    """Every instant that could matter to these local dates, in any zone."""
    opens = datetime(first.year, first.month, first.day, tzinfo=UTC) - _MARGIN
    closes = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1) + _MARGIN
    return opens, closes
