"""When practitioners are closed, and why, for the agenda to show: outside hours, absences, the busy
time of other calendars, public holidays."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from maia.appointments.reading import Hours, hours_for, read_hours
from maia.appointments.sites import names_of_sites
from maia.availability.dated import Because, DatedHours
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.replacing import Handed, ReplacedHours, TakenOver
from maia.availability.weekly import WeeklyHours, lay_out
from maia.practices.models import Practitioner, Replacement
from maia.schedules.holidays import holiday_names
from maia.schedules.models import Absence, AppointmentType
from maia.schedules.preview import with_replacements
from maia.schedules.written import WrittenHours


class Why(StrEnum):
    HOURS = "hours"  # outside her weekly hours
    HOLIDAY = "holiday"
    ABSENCE = "absence"
    CALENDAR = "calendar"  # busy in another calendar of hers
    REPLACEMENT = "replacement"  # somebody takes over from her


class ClosedTime(NamedTuple):
    start: datetime
    end: datetime
    why: Why
    title: str = (
        ""  # the name of the holiday, of the calendar, of who replaces her; the absence's title
    )
    absence: int | None = None  # the key of the one that was made by hand

    def local(self, zone: ZoneInfo) -> "ClosedTime":
        return self._replace(start=self.start.astimezone(zone), end=self.end.astimezone(zone))


class Opening(NamedTuple):
    """Hours of an exceptional opening, in local times."""

    start: datetime
    end: datetime
    title: str
    id: int | None


class Shown(NamedTuple):
    """What the agenda shows behind a practitioner's events. ``replaces``: the days on which she works
    and takes over, from whom they say; ``elsewhere``: those that are at another site than the main one, whose name
    they say."""

    practitioner: Practitioner
    closed: list[ClosedTime]
    openings: list[Opening]
    replaces: list[Opening]
    elsewhere: list[Opening]


def closed_times(
    practitioners: Sequence[Practitioner], start: datetime, end: datetime, language: str = ""
) -> Iterator[Shown]:
    """Of each practitioner of one practice, in ``[start, end)``. Three queries; one more of a practice that has
    several sites.

    Time outside her hours comes without what something else closes as well; a public holiday closes nothing
    where an exceptional opening says its hours. ``language``: of the holidays' names. Times are local.
    """
    if not practitioners:
        return
    zone = practitioners[0].practice.zone
    first, last = (at.astimezone(zone).date() for at in (start, end))
    people = [practitioner.pk for practitioner in practitioners]
    said = read_hours(None, people, first, last)
    away = _away(people, start, end)
    names = holiday_names(practitioners[0].practice, first, last, language)
    whole = [Interval(start.astimezone(UTC), end.astimezone(UTC))]
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    replacements = list(
        Replacement.objects.meeting(first, last)
        .filter(Q(practitioner__in=people) | Q(substitute__in=people))
        .with_names()
    )
    sites = names_of_sites(key for one in said.values() for key in one.named_sites)
    for practitioner in practitioners:
        holidays = frozenset(names) if practitioner.closed_on_public_holidays else frozenset()
        written = said.get(practitioner.pk, WrittenHours())
        own = written.dated(holidays=holidays)
        hours = _replaced(practitioner, own, replacements, said, frozenset(names))
        closed = away[practitioner.pk]
        closed += [
            ClosedTime(*span, Why.REPLACEMENT, handed.name)
            for handed in hours.handed
            if (span := _days_of(handed, start, end, zone))
        ]
        for day in sorted(holidays):
            midnight, next_one = (_midnight(d, zone) for d in (day, _after(day)))
            if hours.on(day).because == Because.HOLIDAY and midnight < end and next_one > start:
                span = max(midnight, start), min(next_one, end)
                closed.append(ClosedTime(*span, Why.HOLIDAY, names[day]))
        laid = [interval for _day, day in lay_out(hours, dates, zone) for interval in day]
        openings = list(_openings(written, dates, zone))
        named = [Interval(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in closed]
        for_some = [
            Interval(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in openings
        ]
        outside = subtract(whole, merge([*laid, *for_some, *named]))
        closed += [ClosedTime(one.start, one.end, Why.HOURS) for one in outside]
        taken_over = [
            Opening(span[0].astimezone(zone), span[1].astimezone(zone), taken.name, None)
            for taken in hours.taken_over
            for day in filter(taken.holds_on, dates)
            if hours.on_date(day) and (span := _days_of(Handed(day, day), start, end, zone))
        ]
        elsewhere = [
            Opening(span[0].astimezone(zone), span[1].astimezone(zone), sites[key], None)
            for key, days in _by_site(hours, dates).items()
            for day in days
            if hours.on_date(day) and (span := _days_of(Handed(day, day), start, end, zone))
        ]
        shown = [one.local(zone) for one in closed]
        yield Shown(practitioner, shown, openings, taken_over, elsewhere)


def what_closes(
    practitioner: Practitioner,
    type: AppointmentType,
    start: datetime,
    end: datetime,
    language: str = "",
) -> list[ClosedTime]:
    """Of ``[start, end)``, in local times: empty where the practitioner works for this type all along."""
    zone = practitioner.practice.zone
    day = start.astimezone(zone).date()
    (shown,) = closed_times([practitioner], start, end, language)
    said = read_hours(type.pk, [practitioner.pk], day, _after(day))
    hours = with_replacements(
        practitioner, hours_for(type.pk, practitioner.pk, said), day, _after(day), type
    )
    days = lay_out(hours, [day, _after(day)], zone)
    opened = merge(interval for _day, intervals in days for interval in intervals)
    outside = subtract([Interval(start.astimezone(UTC), end.astimezone(UTC))], opened)
    return [
        *(one for one in shown.closed if one.why != Why.HOURS),
        *(ClosedTime(one.start, one.end, Why.HOURS).local(zone) for one in outside),
    ]


def _replaced(
    practitioner: Practitioner,
    own: DatedHours,
    replacements: Sequence[Replacement],
    said: Hours,
    holidays: frozenset[date],
) -> ReplacedHours:
    """Her general hours, with what she has handed over and taken over."""
    handed, taken_over = [], []
    for one in replacements:
        span, replaced = (one.first_date, one.last_date), one.practitioner
        if one.practitioner_id == practitioner.pk:
            handed.append(Handed(*span, one.substitute.name))
        elif one.substitute_id == practitioner.pk:
            closing = holidays if replaced.closed_on_public_holidays else frozenset[date]()
            theirs = said.get(replaced.pk, WrittenHours()).dated(holidays=closing)
            by_theirs = one.hours == Replacement.Hours.REPLACED
            taken_over.append(TakenOver(*span, theirs if by_theirs else None, replaced.name))
    return ReplacedHours(own, True, handed, taken_over)


def _days_of(
    whom: Handed, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """Whole, as far as they are in ``[start, end)``."""
    opens, closes = _midnight(whom.first, zone), _midnight(_after(whom.last), zone)
    span = max(opens, start), min(closes, end)
    return span if span[0] < span[1] else None


def _by_site(hours: ReplacedHours, dates: list[date]) -> dict[int, list[date]]:
    """Those of ``dates`` on which she is not at the main site."""
    days: dict[int, list[date]] = {}
    for day in dates:
        site = hours.site_on(day)
        if site is not None:
            days.setdefault(site, []).append(day)
    return days


def _away(people: list[int], start: datetime, end: datetime) -> dict[int, list[ClosedTime]]:
    away: dict[int, list[ClosedTime]] = {pk: [] for pk in people}
    for absence in Absence.objects.filter(practitioner__in=people, end__gt=start, start__lt=end):
        why, key = (Why.CALENDAR, None) if absence.calendar_id else (Why.ABSENCE, absence.pk)
        span = max(absence.start, start), min(absence.end, end)
        away[absence.practitioner_id].append(ClosedTime(*span, why, absence.title, key))
    return away


def _openings(written: WrittenHours, dates: list[date], zone: ZoneInfo) -> Iterator[Opening]:
    """Those for chosen types as well: her agenda is open then."""
    for special in sorted(written.days):
        hours = WeeklyHours({special.day.weekday(): special.ranges})
        for _day, intervals in lay_out(hours, [special.day], zone) if special.day in dates else ():
            for one in intervals:
                span = one.start.astimezone(zone), one.end.astimezone(zone)
                yield Opening(*span, special.title, special.id)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
