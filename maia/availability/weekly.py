"""Weekly wall-clock hours, and their layout on dates as UTC intervals.

The only place where wall-clock hours meet the clock changes (rule 3.1): an hour that the
date does not have gives nothing, an hour that it has twice gives both.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import NamedTuple, Protocol

from maia.availability.intervals import Interval, merge

MINUTES_A_DAY = 24 * 60
WEEKDAYS = range(7)  # Monday is 0, as in `date.weekday()`


def monday_of(day: date) -> date:
    """Of its week, which is ISO's."""
    return day - timedelta(days=day.weekday())


class WallRange(NamedTuple):
    """Wall-clock minutes since local midnight, ``[start, end)``, 0 to 1440."""

    start: int
    end: int


class Hours(Protocol):
    """What holds on each date, whatever says so."""

    def on_date(self, day: date) -> tuple[WallRange, ...]: ...


class InvalidHours(ValueError):
    """Hours that cannot be a line of a schedule. ``code`` says which rule, ``weekday`` where."""

    def __init__(self, code: str, weekday: int) -> None:
        super().__init__(f"{code} (weekday {weekday})")
        self.code = code
        self.weekday = weekday


class WeeklyHours:
    """One line a weekday, each a sorted tuple of ranges that are apart (rule 3.1)."""

    def __init__(
        self,
        lines: Mapping[int, Iterable[tuple[int, int]]],
        sites: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """``lines`` maps a weekday to its ranges in minutes; an absent or empty day is closed. ``sites``:
        the keys of those of weekdays that are not at the main one.

        Raises `InvalidHours`: ``unknown_weekday``, ``out_of_day``, ``reversed``, ``overlapping``.
        """
        self._lines: dict[int, tuple[WallRange, ...]] = {}
        for weekday, ranges in lines.items():
            line = tuple(sorted(WallRange(*r) for r in ranges))
            _refuse_bad_line(weekday, line)
            if line:
                self._lines[weekday] = line
        self._sites = {day: site for day, site in sites.items() if day in self._lines}

    def on(self, weekday: int) -> tuple[WallRange, ...]:
        return self._lines.get(weekday, ())

    def on_date(self, day: date) -> tuple[WallRange, ...]:
        return self.on(day.weekday())

    def site_on(self, weekday: int) -> int | None:
        """Where the line of that weekday is; None: at the main site, or nowhere."""
        return self._sites.get(weekday)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WeeklyHours) and (self._lines, self._sites) == (
            other._lines,
            other._sites,
        )

    def __hash__(self) -> int:
        return hash((tuple(sorted(self._lines.items())), tuple(sorted(self._sites.items()))))

    def __repr__(self) -> str:
        return f"WeeklyHours({self._lines!r})"


def _refuse_bad_line(weekday: int, line: tuple[WallRange, ...]) -> None:
    if weekday not in WEEKDAYS:
        raise InvalidHours("unknown_weekday", weekday)
    previous_end = 0
    for start, end in line:
        if start < 0 or end > MINUTES_A_DAY:
            raise InvalidHours("out_of_day", weekday)
        if end <= start:
            raise InvalidHours("reversed", weekday)
        if start < previous_end:
            raise InvalidHours("overlapping", weekday)
        previous_end = end


class _Era(NamedTuple):
    """A stretch of time with one offset from UTC."""

    start: datetime  # UTC
    end: datetime  # UTC
    offset: timedelta


def lay_out(
    hours: Hours, dates: Iterable[date], zone: tzinfo
) -> Iterator[tuple[date, list[Interval]]]:
    """Each open date of ``dates`` (sorted) with its working time as UTC intervals, merged.

    Ranges that meet at midnight stay apart, one on each date: a date's slots do not depend on
    which other dates were asked for.
    """
    wanted = list(dates)
    if not wanted:
        return
    eras = _eras(wanted[0], wanted[-1], zone)
    for day in wanted:
        line = hours.on_date(day)
        if line:
            opened = merge(_instants(day, line, eras))
            if opened:
                yield day, opened


def begins_on(hours: Hours, day: date, zone: tzinfo) -> datetime | None:
    """The first instant of working time on a date; None on a closed one."""
    return next((opened[0].start for _day, opened in lay_out(hours, [day], zone)), None)


def _instants(day: date, line: tuple[WallRange, ...], eras: list[_Era]) -> Iterator[Interval]:
    # A wall clock runs evenly inside an era: shift the range by its offset and keep what is in it.
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for era in eras:
        if era.end - midnight < timedelta(-2) or era.start - midnight > timedelta(3):
            continue
        for start, end in line:
            opened = max(midnight + timedelta(minutes=start) - era.offset, era.start)
            closed = min(midnight + timedelta(minutes=end) - era.offset, era.end)
            if opened < closed:
                yield Interval(opened, closed)


def _eras(first: date, last: date, zone: tzinfo) -> list[_Era]:
    """The eras that cover the dates, with a margin wider than any offset from UTC."""
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    stop = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=3)
    eras: list[_Era] = []
    era_start = at
    offset = _offset(at, zone)
    while at < stop:
        following = min(at + timedelta(days=1), stop)
        if _offset(following, zone) != offset:
            change = _first_change(at, following, offset, zone)
            eras.append(_Era(era_start, change, offset))
            era_start, offset = change, _offset(change, zone)
            following = change
        at = following
    eras.append(_Era(era_start, stop, offset))
    return eras


def _first_change(low: datetime, high: datetime, offset: timedelta, zone: tzinfo) -> datetime:
    """The instant in ``(low, high]``, to the second, from which the offset is another one."""
    seconds = int((high - low).total_seconds())
    same, changed = 0, seconds
    while changed - same > 1:
        middle = (same + changed) // 2
        if _offset(low + timedelta(seconds=middle), zone) == offset:
            same = middle
        else:
            changed = middle
    return low + timedelta(seconds=changed)


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
