"""Free slots: the stored rules and the stored agenda, handed to the heart.

What is offered and what is accepted is this one computation: `booking` asks it too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from maia.appointments.exceptions import InvalidRange
from maia.appointments.limits import Limits
from maia.appointments.models import Event
from maia.appointments.offer import why_closed
from maia.appointments.one_place import times_she_has, touches
from maia.appointments.reading import (
    Taken,
    Texts,
    parse_agendas,
    parse_hours,
    parse_rooms,
    parse_sites,
    parse_weeks,
    read_agendas,
    read_offer_and_agendas,
)
from maia.appointments.replaced import parse_substitutions, replaced_hours
from maia.appointments.replica import on_primary
from maia.availability.bounds import is_in_bounds
from maia.availability.intervals import Interval
from maia.availability.limits import full_dates
from maia.availability.policy import Window
from maia.availability.replacing import ReplacedHours
from maia.availability.sites import Sites, Ways, reached_from
from maia.availability.slots import Busy, Shape, day_slots, filling, may_have_been_free, within
from maia.availability.weekly import begins_on
from maia.patients.models import Patient
from maia.practices.models import Practitioner, Replacement
from maia.schedules.holidays import public_holidays
from maia.schedules.models import AppointmentType

MAX_DAYS = 92  # in one search
SOON = timedelta(days=4)  # where the next free day mostly is: a long weekend
NEAR, FAR = timedelta(days=5), timedelta(days=40)  # from the wanted day, either way
# Wider than any offset from UTC (14 h), two buffers (4 h each) and a clock change together.
_MARGIN = timedelta(hours=24)
# Computations that a process keeps: none longer than three months of one practitioner's full agenda,
# by its days (which make slots) and by its text (which events make).
KEPT, KEPT_DAYS, KEPT_TEXT = 50, 100, 64_000


_Day = tuple[date, Sequence[Interval]]


class _Calendar(NamedTuple):
    """One practitioner's days that have free slots, and at which site each is."""

    days: tuple[_Day, ...]
    sites: dict[date, int | None]


class Slot(NamedTuple):
    """A free time that can be taken; ``start`` and ``end`` are UTC instants. ``place``: the key of the
    site, of a practice that has several."""

    start: datetime
    end: datetime
    practitioner: Practitioner
    place: int | None = None


class Offered(NamedTuple):
    """A type with who offers it, the free slots of the dates asked for as `free_slots` gives them,
    and the first local date after them that has one, if any within the horizon."""

    type: AppointmentType
    team: list[Practitioner]
    slots: dict[date, list[Slot]]
    following: date | None


@dataclass(frozen=True)
class _Asked:
    """All that slots are computed from, but the agendas and the clock."""

    type_id: int
    shape: Shape
    max_a_day: int | None
    max_a_week: int | None
    zone: ZoneInfo
    first: date
    last: date
    online: bool
    holidays: frozenset[date]  # public ones
    # By practitioner: whether these close her days, and whether the type is hers on her own account.
    team: tuple[tuple[int, bool, bool], ...]
    without: int | None  # an event that is about to leave its place


def practitioners_for(type: AppointmentType, since: date) -> list[Practitioner]:
    """Who offers this type online, in the practice's order, with who replaces one of them from ``since`` on.
    One query; two of a type of several."""
    online = type.practice.practitioners.bookable_online()
    keys = type.offered_by
    if keys is not None:
        whose = Practitioner.objects.bookable_online().filter(pk__in=keys)
        ahead = Replacement.objects.not_over(since).filter(practitioner__in=whose)
        online = online.filter(Q(pk__in=keys) | Q(pk__in=ahead.values("substitute")))
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
    One query, whatever the agenda. Raises `InvalidRange`. Rule 3.3.
    """
    _refuse_bad_range(first, last)
    return dict(_days(type, practitioners, first, last, now, without))


def offered_slots(
    slug: str,
    type_id: int,
    only: int | None,
    first: date,
    last: date,
    *,
    now: datetime,
    token: str = "",
) -> Offered:
    """What the practice of ``slug`` offers of a type online, by all or the ``only`` one asked for;
    ``token``: of its private link.

    Mostly one query: the next free day is seldom far. Raises `InvalidRange`,
    `AppointmentType.DoesNotExist` where the type is not online, and `NotBookable` where the one
    asked for does not offer it.
    """
    _refuse_bad_range(first, last)
    looked_at = last + SOON
    span = _instants(first, looked_at)
    type, team, agendas = read_offer_and_agendas(slug, type_id, only, *span, token=token)
    offered = Offered(type, team, {}, None)
    for day, slots in _days(type, team, first, looked_at, now, agendas=agendas):
        if day > last:
            return offered._replace(following=day)
        offered.slots[day] = slots
    after = looked_at + timedelta(days=1)
    return offered._replace(following=next_free_date(type, team, after, now=now))


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
    patient: Patient | None = None,
    between: tuple[date, date] | None = None,
) -> list[Slot]:
    """The free slots nearest to ``start`` in time, in order: what to offer when it is gone; none
    at a time when ``patient`` has something, or that the limits of the type keep from her. ``between``: only
    on these local dates, both included, or else on those of her window.

    Read where it is decided: a replica may not know yet what has just been taken.
    """
    zone = type.practice.zone
    today = now.astimezone(zone).date()
    wanted = start.astimezone(zone).date()
    if between is None and patient is not None and type.window is not None:
        between = patient.pregnancy.dates_of(type.window)
    if between is not None:
        wanted = min(max(wanted, between[0]), between[1])
    last = max(type.policy_for(p).window(now, zone).last_date for p in practitioners)
    slots: list[Slot] = []
    with on_primary():
        for days in NEAR, FAR:  # far only where near has too few
            first = min(max(wanted - days, today), last)
            found = free_slots(
                type, practitioners, first, first + 2 * days, now=now, without=without
            )
            if between is not None:
                found = {d: there for d, there in found.items() if between[0] <= d <= between[1]}
            every = chain.from_iterable(found.values())
            slots = free_for(type, patient, every, now=now, without=without)
            if len(slots) >= count:
                break
    aim = start if between is None else _at(wanted, start, zone)
    nearest = sorted(slots, key=lambda slot: abs(slot.start - aim))[:count]
    return sorted(nearest, key=lambda slot: slot.start)


def _at(day: date, instant: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the clock on another day."""
    return datetime.combine(day, instant.astimezone(zone).time(), zone)


def free_for(
    type: AppointmentType,
    patient: Patient | None,
    slots: Iterable[Slot],
    *,
    now: datetime,
    without: Event | None = None,
) -> list[Slot]:
    """Those of ``slots`` at which she has nothing, ``without`` apart, and that the limits of the type
    leave her; None is somebody new. Four queries at most, mostly one."""
    wanted = list(slots)
    if not wanted:
        return wanted
    first, last = min(slot.start for slot in wanted), max(slot.end for slot in wanted)
    if patient is not None:
        but = None if without is None else [without.pk]
        busy = times_she_has(patient, first, last, but=but)
        wanted = [slot for slot in wanted if not touches((slot.start, slot.end), busy)]
    limits = Limits(type, patient, first, last, now=now, but=without)
    return [slot for slot in wanted if not any(limits.against(slot.practitioner.pk, slot.start))]


def _refuse_bad_range(first: date, last: date) -> None:
    known = is_in_bounds(first) and is_in_bounds(last)
    if not known or last < first or (last - first).days >= MAX_DAYS:
        raise InvalidRange


def _days(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    now: datetime | None,
    without: Event | None = None,
    agendas: Texts | None = None,
) -> Iterator[tuple[date, list[Slot]]]:
    """``agendas``: what was read of them already, over at least these dates."""
    zone = type.practice.zone
    if now is not None:  # what is offered is what is accepted
        practitioners = [p for p in practitioners if why_closed(type, p, online=True) is None]
        if not practitioners:
            return
    if agendas is None:
        agendas = read_agendas(type.pk, [p.pk for p in practitioners], *_instants(first, last))
    asked = _Asked(
        type_id=type.pk,
        shape=_shape(type, without),
        max_a_day=type.max_a_day,
        max_a_week=type.max_a_week,
        zone=zone,
        first=first,
        last=last,
        online=now is not None,
        holidays=frozenset(public_holidays(type.practice, first, last)),
        team=tuple(
            (p.pk, p.closed_on_public_holidays, _is_hers(type, p, now, without))
            for p in practitioners
        ),
        without=without.pk if without else None,
    )
    days_asked = ((last - first).days + 1) * len(practitioners)
    small = days_asked <= KEPT_DAYS and sum(map(len, agendas)) <= KEPT_TEXT
    compute = _computed if small else _compute
    leaving = without.start if without else None  # no move to where it is
    by_date: dict[date, list[Slot]] = {}
    for practitioner, calendar in zip(practitioners, compute(asked, agendas), strict=True):
        offered: Iterable[_Day] = calendar.days
        if now is not None:
            offered = within(_window(type, practitioner, now, agendas), calendar.days)
            if practitioner.fill_my_days:
                offered = filling(offered)
        for day, slots in offered:
            site = calendar.sites.get(day)
            free = [
                Slot(start, end, practitioner, site) for start, end in slots if start != leaving
            ]
            if free:
                by_date.setdefault(day, []).extend(free)
    for day in sorted(by_date):
        yield day, sorted(by_date[day], key=lambda slot: slot.start)  # stable: keeps their order


def _is_hers(
    type: AppointmentType, practitioner: Practitioner, now: datetime | None, leaving: Event | None
) -> bool:
    """On her own account, not for somebody whom she replaces. The practice moves what she has, whosever the
    type has become."""
    stays = now is None and leaving is not None and leaving.practitioner_id == practitioner.pk
    return stays or type.is_offered_by(practitioner)


def _shape(type: AppointmentType, leaving: Event | None) -> Shape:
    """A move keeps the appointment's own length and buffers, whatever its type has become."""
    if leaving is None:
        return type.shape
    return Shape(
        duration=leaving.end - leaving.start,
        own_step=type.own_step,
        buffer_before=timedelta(minutes=leaving.buffer_before_minutes),
        buffer_after=timedelta(minutes=leaving.buffer_after_minutes),
    )


def _window(
    type: AppointmentType, practitioner: Practitioner, now: datetime, agendas: Texts
) -> Window:
    """What may be booked with her now; a cut-off in the evening wants to know when her day begins."""
    zone, policy = type.practice.zone, type.policy_for(practitioner)
    if policy.evening_cutoff is None:
        return policy.window(now, zone)
    today = now.astimezone(zone).date()
    said = parse_hours(agendas)
    whose = [None, practitioner.pk]
    for one in parse_substitutions(agendas):
        if one.substitute_id == practitioner.pk and one.first <= today <= one.last:
            whose.append(one.practitioner_id)  # in whose place she is there today
    begins = [begins_on(said[who].dated(type.pk), today, zone) for who in whose if who in said]
    first = min((instant for instant in begins if instant is not None), default=None)
    return policy.window(now, zone, begins=first)


def may_just_have_gone(
    type: AppointmentType, practitioner: Practitioner, start: datetime, without: Event | None
) -> bool:
    """Whether a time that is no slot may have been one, until somebody else booked. One query."""
    day = start.astimezone(type.practice.zone).date()
    hours, rows, sites, ways, agendas = _of_one_day(type, practitioner, day)
    there = sites.dates_by_site(hours, [day])
    if not there:
        return False
    (site,) = there
    others = [row for row in rows if row.id and row.id != (without and without.pk)]
    return may_have_been_free(
        start,
        hours=hours,
        day=day,
        zone=type.practice.zone,
        shape=_shape(type, without),
        busy=[_busy(row, sites.key_of(row.site), site, ways) for row in others],
        closed=[Interval(row.start, row.end) for row in rows if row.id is None],
        rooms=parse_rooms(agendas, without.pk if without else None, site),
    )


def site_on(type: AppointmentType, practitioner: Practitioner, day: date) -> int | None:
    """The key of the site where she is on ``day``, for that type; None: the practice has no sites, or the type happens at
    none. One query."""
    hours, _rows, sites, *_more = _of_one_day(type, practitioner, day)
    return sites.site_on(hours, day)


def _of_one_day(
    type: AppointmentType, practitioner: Practitioner, day: date
) -> tuple[ReplacedHours, list[Taken], Sites, Ways, Texts]:
    """What is said of it, and taken; and the texts that say so. One query."""
    agendas = read_agendas(type.pk, [practitioner.pk], *_instants(day, day))
    said, rows = parse_agendas(agendas)
    sites, ways = parse_sites(agendas)
    hours = replaced_hours(
        type.pk,
        practitioner.pk,
        said,
        frozenset(public_holidays(type.practice, day, day)),
        parse_substitutions(agendas),
        closed_on_holidays=practitioner.closed_on_public_holidays,
        is_hers=type.is_offered_by(practitioner),
        online=True,
    )
    return hours, rows, sites, ways.get(practitioner.pk, {}), agendas


def _compute(asked: _Asked, agendas: Texts) -> tuple[_Calendar, ...]:
    """By practitioner, her days that have free slots, whatever the clock."""
    said, rows = parse_agendas(agendas)
    sites, ways = parse_sites(agendas)
    weeks = parse_weeks(agendas) if asked.max_a_week is not None else []
    substitutions = parse_substitutions(agendas)
    taken: dict[int, list[Taken]] = {pk: [] for pk, *_of in asked.team}
    away: dict[int, list[Interval]] = {pk: [] for pk in taken}
    for row in rows:
        if row.id is None:
            away[row.practitioner_id].append(Interval(row.start, row.end))
        elif row.id != asked.without:
            taken[row.practitioner_id].append(row)
    dates = [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]
    calendars = []
    for pk, closes, is_hers in asked.team:
        hours = replaced_hours(
            asked.type_id,
            pk,
            said,
            asked.holidays,
            substitutions,
            closed_on_holidays=closes,
            is_hers=is_hers,
            online=asked.online,
        )
        full = _full_dates(asked, pk, taken[pk], weeks, dates)
        by_site = sites.dates_by_site(hours, dates)
        days = [
            day
            for site, dates_there in by_site.items()
            for day in day_slots(
                hours=hours,
                dates=dates_there,
                zone=asked.zone,
                shape=asked.shape,
                busy=[
                    _busy(event, sites.key_of(event.site), site, ways.get(pk, {}))
                    for event in taken[pk]
                ],
                closed=away[pk],
                full_dates=full,
                rooms=parse_rooms(agendas, asked.without, site),
            )
        ]
        calendars.append(
            _Calendar(
                tuple(days if len(by_site) == 1 else sorted(days, key=lambda day: day[0])),
                {} if sites.main is None else {d: s for s, there in by_site.items() for d in there},
            )
        )
    return tuple(calendars)


# The same agenda is looked at again and again between two writes. What is kept stands beside all
# that it was computed from: nothing has to be forgotten when something changes, in any process.
_computed = lru_cache(maxsize=KEPT)(_compute)


def _busy(event: Taken, its_site: int | None, site: int | None, ways: Ways) -> Busy:
    """What is at ``its_site``, as it is seen from ``site``."""
    before, after = event.buffer_before_minutes, event.buffer_after_minutes
    busy = Busy(event.start, event.end)
    if before or after:
        busy = Busy(event.start, event.end, timedelta(minutes=before), timedelta(minutes=after))
    return reached_from(busy, its_site, site, ways)


def _full_dates(
    asked: _Asked,
    practitioner: int,
    events: list[Taken],
    weeks: list[tuple[int, datetime, int]],
    dates: list[date],
) -> set[date]:
    """Of ``dates``, those that take no more of the type. ``weeks``: what `parse_weeks` has read."""
    if asked.max_a_week is not None:
        starts = [
            start for who, start, key in weeks if who == practitioner and key != asked.without
        ]
    elif asked.max_a_day is not None:
        starts = [event.start for event in events if event.type_id == asked.type_id]
    else:
        return set()
    booked = [start.astimezone(asked.zone).date() for start in starts]
    return full_dates(booked, dates, most_a_day=asked.max_a_day, most_a_week=asked.max_a_week)


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    """Every instant that could matter to these local dates, in any zone."""
    opens = datetime(first.year, first.month, first.day, tzinfo=UTC) - _MARGIN
    closes = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1) + _MARGIN
    return opens, closes
