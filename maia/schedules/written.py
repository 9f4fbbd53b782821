"""What is stored of a schedule's hours, put together to what the heart reads.

The rows come from the models here, or from the statement that slots are read with
(`maia.appointments.reading`): both are handed to `WrittenHours`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, Self, TypeVar

from maia.availability.dated import DatedHours, Period, SpecialDay, Turn
from maia.availability.weekly import WeeklyHours
from maia.schedules.models import Schedule

V = TypeVar("V")
Ranges = list[tuple[int, int]]  # minutes of the day
Key = tuple[int | None, int]  # a period's key or None, and which of its weeks
SitesOfWeek = dict[int, int]  # the key of a site by weekday


class Count(NamedTuple):
    """How weeks take turns, as `Turning` stores it."""

    weeks: int = 1
    by_number: bool = False
    first_monday: date | None = None


class WrittenPeriod(NamedTuple):
    id: int
    name: str
    first: date
    last: date | None
    counted: Count

    def meets(self, other: "WrittenPeriod") -> bool:
        """Whether a date is in both: two of one schedule do not overlap."""
        one, another = (Period(row.name, row.first, row.last, EMPTY) for row in (self, other))
        return one.meets(another)


EMPTY = Turn([WeeklyHours({})])


class WrittenDay(NamedTuple):
    """``types``: the keys of those that it is for; None: every one that follows the schedule."""

    day: date
    ranges: Ranges
    title: str
    types: frozenset[int] | None = None
    id: int | None = None  # of the row
    site: int | None = None  # its key; None: the main one


@dataclass
class WrittenHours:
    """One schedule's. ``lines``: ranges by weekday of each week; week 0 of no period is the usual one."""

    count: Count = field(default_factory=Count)
    lines: dict[Key, dict[int, Ranges]] = field(default_factory=dict)
    sites: dict[Key, SitesOfWeek] = field(default_factory=dict)  # of lines not at the main one
    periods: list[WrittenPeriod] = field(default_factory=list)
    days: list[WrittenDay] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Schedule | None) -> Self:
        """As the models have it; five queries, or none where they were prefetched (`PREFETCHED`).
        Nothing of no schedule."""
        if plan is None:
            return cls()
        written = cls(Count(plan.weeks, plan.by_number, plan.first_monday))
        for line in plan.lines.all():
            written.add_line(None, 0, line.weekday, line.ranges, line.place_id)
        for other in plan.other_lines.all():
            key = other.period_id, other.week
            written.add_line(*key, other.weekday, other.ranges, other.place_id)
        for row in plan.periods.all():
            count = Count(row.weeks, row.by_number, row.first_monday)
            written.periods.append(
                WrittenPeriod(row.pk, row.name, row.first_date, row.last_date, count)
            )
        for day in plan.special_days.all():
            types = frozenset(type.pk for type in day.types.all()) or None
            written.days.append(
                WrittenDay(day.date, day.ranges, day.title, types, day.pk, day.place_id)
            )
        return written

    def weeks(self, period: int | None = None) -> list[dict[int, Ranges]]:
        """The ranges by weekday of each week of the turn: the usual one, or that of a ``period``."""
        counts = {None: self.count} | {row.id: row.counted for row in self.periods}
        return [self.lines.get((period, n), {}) for n in range(counts[period].weeks)]

    def sites_of_weeks(self, period: int | None = None) -> list[SitesOfWeek]:
        """As `weeks`: where the lines are that are not at the main site."""
        return [self.sites.get((period, n), {}) for n in range(len(self.weeks(period)))]

    @property
    def named_sites(self) -> set[int]:
        """The keys of all that it names."""
        of_weeks = {site for week in self.sites.values() for site in week.values()}
        return of_weeks | {day.site for day in self.days if day.site is not None}

    def add_line(
        self, period: int | None, week: int, weekday: int, ranges: Ranges, site: int | None = None
    ) -> None:
        self.lines.setdefault((period, week), {})[weekday] = ranges
        if site is not None:
            self.sites.setdefault((period, week), {})[weekday] = site

    def dated(self, type: int | None = None, holidays: frozenset[date] = frozenset()) -> DatedHours:
        """Of a type, by its key, that follows this schedule; None: of all that do. ``holidays``: those on
        which the practitioner is closed."""
        days = [day for day in self.days if day.types is None or type in day.types]
        return self._dated(days, holidays)

    def replaced_by(
        self, own: "WrittenHours", type: int, holidays: frozenset[date] = frozenset()
    ) -> DatedHours:
        """Of a type with an ``own`` schedule, which replaces this one altogether, but for the exceptional
        openings that name the type."""
        named = [day for day in self.days if day.types is not None and type in day.types]
        return own._dated([*named, *own.days], holidays)

    def _dated(self, days: Iterable[WrittenDay], holidays: frozenset[date]) -> DatedHours:
        return DatedHours(
            self._turn(None, self.count),
            [
                Period(row.name, row.first, row.last, self._turn(row.id, row.counted))
                for row in self.periods
            ],
            {one.day: SpecialDay.open(one.ranges, one.title, one.site) for one in days},
            holidays,
        )

    def _turn(self, period: int | None, count: Count) -> Turn:
        keys = [(period, n) for n in range(count.weeks)]
        weeks = [WeeklyHours(self.lines.get(key, {}), self.sites.get(key, {})) for key in keys]
        return Turn(weeks, by_number=count.by_number, first_monday=count.first_monday)


PREFETCHED = ("lines", "other_lines", "periods", "special_days__types")


def with_week(
    written: WrittenHours, week: Mapping[int, Ranges], sites: SitesOfWeek | None = None
) -> WrittenHours:
    """The same with another usual week: what would hold, before it is saved. ``sites`` as `with_turn`."""
    at = written.sites if sites is None else written.sites | {(None, 0): sites}
    return replace(written, lines=written.lines | {(None, 0): dict(week)}, sites=at)


def with_turn(
    written: WrittenHours,
    weeks: Sequence[Mapping[int, Ranges]],
    count: Count,
    sites: Sequence[SitesOfWeek] | None = None,
) -> WrittenHours:
    """The same with other weeks that take turns; ``sites`` of each, None: each weekday stays where it is."""
    return replace(
        written,
        count=count,
        lines=_with_weeks(written.lines, None, weeks),
        sites=written.sites if sites is None else _with_weeks(written.sites, None, sites),
    )


def with_period(
    written: WrittenHours,
    period: WrittenPeriod,
    weeks: Sequence[Mapping[int, Ranges]],
    sites: Sequence[SitesOfWeek] | None = None,
) -> WrittenHours:
    """The same with that period, in the place of the one with its key if there is one; ``sites`` as
    `with_turn`."""
    return replace(
        written,
        periods=[*(row for row in written.periods if row.id != period.id), period],
        lines=_with_weeks(written.lines, period.id, weeks),
        sites=written.sites if sites is None else _with_weeks(written.sites, period.id, sites),
    )


def _with_weeks(
    lines: dict[Key, dict[int, V]], period: int | None, weeks: Sequence[Mapping[int, V]]
) -> dict[Key, dict[int, V]]:
    others = {key: week for key, week in lines.items() if key[0] != period}
    return others | {(period, number): dict(week) for number, week in enumerate(weeks)}
