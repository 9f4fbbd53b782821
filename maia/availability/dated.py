"""Which hours hold on a date, and because of what (rule 3.1).

The first that says anything of the date: an exceptional opening, a public holiday, the dated period,
the week of the turn, which of one week alone is the usual week. What closes by the hour, an absence,
is cut out afterwards: see `slots`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from maia.availability.weekly import WallRange, WeeklyHours

MOST_WEEKS = 4  # of a turn
A_WEEK = 7  # days


class Because(StrEnum):
    """Why a date has its hours."""

    USUAL = "usual"
    TURN = "turn"
    PERIOD = "period"
    SPECIAL = "special"
    HOLIDAY = "holiday"
    REPLACEMENT = "replacement"  # she has handed the day over, or taken somebody's over


class InvalidTurn(ValueError):
    """Weeks that cannot take turns. ``code``: ``no_week``, ``too_many_weeks``, ``no_first_monday``
    (several weeks that nothing counts), ``not_a_monday``, ``two_weeks`` (by the number of the week
    there are two)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidPeriod(ValueError):
    """``code``: ``reversed``, or ``overlapping`` with the one that is called ``other``."""

    def __init__(self, code: str, other: str = "") -> None:
        super().__init__(code)
        self.code, self.other = code, other


class Turn:
    """One to four weeks that follow each other for ever, before their first Monday as well.

    Counted from ``first_monday``; or ``by_number`` of the week, as schools and hospitals do: the first
    in odd ones, the second in even ones. After a year of 53 weeks two odd ones follow each other.
    """

    def __init__(
        self,
        weeks: Sequence[WeeklyHours],
        *,
        by_number: bool = False,
        first_monday: date | None = None,
    ) -> None:
        """Raises `InvalidTurn`."""
        if not weeks:
            raise InvalidTurn("no_week")
        if len(weeks) > MOST_WEEKS:
            raise InvalidTurn("too_many_weeks")
        if by_number and len(weeks) != 2:
            raise InvalidTurn("two_weeks")
        if len(weeks) > 1 and not by_number and first_monday is None:
            raise InvalidTurn("no_first_monday")
        if first_monday is not None and first_monday.weekday() != 0:
            raise InvalidTurn("not_a_monday")
        self.weeks, self.by_number, self.first_monday = tuple(weeks), by_number, first_monday

    def week_of(self, day: date) -> int:
        """Which of its weeks ``day`` is in, from 0."""
        if self.by_number:
            return (day.isocalendar().week + 1) % 2
        if self.first_monday is None:
            return 0
        return (day - self.first_monday).days // A_WEEK % len(self.weeks)

    def on_date(self, day: date) -> tuple[WallRange, ...]:
        return self.weeks[self.week_of(day)].on_date(day)

    def site_on(self, day: date) -> int | None:
        return self.weeks[self.week_of(day)].site_on(day.weekday())


@dataclass(frozen=True)
class Period:
    """From ``first`` to ``last``, both included, or for good, other weeks replace the usual ones."""

    name: str
    first: date
    last: date | None
    turn: Turn

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise InvalidPeriod("reversed")

    def holds_on(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: "Period") -> bool:
        """Whether a date is in both."""
        return self.holds_on(other.first) or other.holds_on(self.first)


class SpecialDay(NamedTuple):
    """A date whose hours are said whole: none of them closes it."""

    ranges: tuple[WallRange, ...]
    title: str = ""
    site: int | None = None

    @classmethod
    def open(
        cls, ranges: Iterable[tuple[int, int]], title: str = "", site: int | None = None
    ) -> "SpecialDay":
        """``ranges`` in minutes of the day, in any order. Raises `InvalidHours`, of no weekday."""
        return cls(WeeklyHours({0: ranges}).on(0), title, site)


class Held(NamedTuple):
    """``title``: of the exceptional opening or of the period; ``site``: the key of the one where she is,
    None for the main one."""

    ranges: tuple[WallRange, ...]
    because: Because
    title: str = ""
    site: int | None = None


@dataclass(frozen=True)
class DatedHours:
    """All that is said of the hours of one practitioner, or of one type. ``holidays``: the public
    holidays on which she is closed. Raises `InvalidPeriod` where two overlap."""

    usual: Turn
    periods: Sequence[Period] = ()
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        refuse_overlapping(self.periods)

    def on(self, day: date) -> Held:
        """What holds on ``day``."""
        if (special := self.special.get(day)) is not None:
            return Held(special.ranges, Because.SPECIAL, special.title, special.site)
        if day in self.holidays:
            return Held((), Because.HOLIDAY)
        for period in self.periods:
            if period.holds_on(day):
                turn = period.turn
                return Held(turn.on_date(day), Because.PERIOD, period.name, turn.site_on(day))
        because = Because.TURN if len(self.usual.weeks) > 1 else Because.USUAL
        return Held(self.usual.on_date(day), because, site=self.usual.site_on(day))

    def on_date(self, day: date) -> tuple[WallRange, ...]:
        return self.on(day).ranges

    def site_on(self, day: date) -> int | None:
        return self.on(day).site


def refuse_overlapping(periods: Iterable[Period]) -> None:
    """Raises `InvalidPeriod` with the name of the one that was there first."""
    ordered = sorted(periods, key=lambda period: period.first)
    for one, following in zip(ordered, ordered[1:], strict=False):
        if one.meets(following):
            raise InvalidPeriod("overlapping", one.name)
