"""The time that somebody else's calendar file takes, event by event, within bounds that it does not
choose. Pure: run in a child process (`child.py`), which ends if this does not.

What cannot be understood closes its plain span if it has one, and is counted.
"""

import re
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from types import FrameType
from zoneinfo import ZoneInfo

from maia.availability.intervals import Interval, merge
from maia.calendars.lines import File, RawEvent, read_file
from maia.calendars.moments import Moment, duration_of, is_short, moment_of, year_at_a_glance
from maia.calendars.onwards import FARTHEST, Onwards, that_holds
from maia.calendars.repeating import NotUnderstood, starts
from maia.calendars.zones import instant_of, zone_named

MOST_BYTES = 20_000_000  # a full agenda of twenty years
MOST_TIMES, MOST_SECONDS = 200_000, 6.0  # of all repetitions; seconds of processor
SECONDS_OF_ONE = 0.4
MOST_KEPT = 20_000  # spans of busy time
MOST_DATES = 20
_DAY = timedelta(days=1)
_ENDS = ("DTSTART", "DTEND")
_RANGE = re.compile(r'RANGE="?\w', re.IGNORECASE)
_FREE = re.compile(r'FBTYPE="?FREE\b', re.IGNORECASE)  # any other one, known or not, is busy


class Unreadable(Exception):
    """``code``: ``not_a_calendar``, or ``too_many`` spans."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _TooLong(BaseException):
    """Not an `Exception`: nothing in between takes it for its own."""


@dataclass
class Reading:
    times: list[Interval] = field(default_factory=list)  # merged, UTC
    unread: int = 0
    unread_dates: list[date] = field(default_factory=list)  # of the first of them, where known
    is_cut: bool = False  # the file ends before its end: there was more


def read_calendar(
    content: bytes, zone: ZoneInfo, opens: datetime, closes: datetime, *, ours: str,
    seconds: float = MOST_SECONDS,
) -> Reading:  # fmt: skip
    """What it takes of ``[opens, closes)``; ``seconds`` of processor for all repetitions.

    An event that its owner marked as free takes nothing, nor does a cancelled one, nor one of
    Maia's own that comes back (its UID ends in ``ours``). A date, or a time without a zone, is the
    practice's ``zone``. Raises `Unreadable`.
    """
    file = read_file(content)
    if file is None:
        raise Unreadable("not_a_calendar")
    reader = _Reader(file, zone, opens, closes, seconds)
    for name in file.zone_names():
        zone_named(name)  # kept, so that no event pays for the tables
    for series in _series(file, ours, opens.year):
        reader.read(series)
    for parameters, periods in file.published:
        reader.read_published(parameters, periods)
    times = merge(reader.times)
    if len(times) > MOST_KEPT:
        raise Unreadable("too_many")
    dates = sorted(set(reader.dates))[:MOST_DATES]
    return Reading(times, reader.unread, dates, file.is_cut)


def _series(file: File, ours: str, year: int) -> Iterator[list[RawEvent]]:
    """Events of one UID together: a repetition and the instances that differ."""
    by_uid: dict[str, list[RawEvent]] = defaultdict(list)
    for number, event in enumerate(file.events):
        if _is_long_over(event, year):
            continue
        uid = event.word("UID") or f"\n{number}"
        if not uid.endswith(ours):
            by_uid[uid].append(event)
    yield from by_uid.values()


class _Reader:
    def __init__(
        self, file: File, zone: ZoneInfo, opens: datetime, closes: datetime, seconds: float
    ) -> None:
        self.zone, self.opens, self.closes, self.names = zone, opens, closes, file.zones
        self.times: list[Interval] = []
        self.unread, self.dates, self.repeated = 0, list[date](), 0
        self.ends_at = time.process_time() + seconds

    def read(self, series: list[RawEvent]) -> None:
        """Whatever is in it, the others are read."""
        differing = [event for event in series if event.all("RECURRENCE-ID")]
        masters = _latest([event for event in series if not event.all("RECURRENCE-ID")])
        replaced: set[datetime] = set()
        onwards: list[Onwards] = []
        for event in differing:
            self._event(event, replaced, set(), onwards, is_known=bool(masters))
        for event in masters:
            self._event(event, set(), replaced, onwards)

    def read_published(self, parameters: str, periods: str) -> None:
        """A line of free and busy time: ``start/end`` or ``start/duration``, with commas."""
        if _FREE.search(parameters):
            return
        is_sure = time.process_time() < self.ends_at
        for period in periods.split(",") if is_sure else ():
            try:
                first, slash, rest = period.partition("/")
                start = self._moment(parameters, first)
                end = self._end_of_period(parameters, start, rest)
                if not slash or end < start.instant:
                    raise NotUnderstood
                is_sure &= start.is_sure or end < self.opens - _DAY
                self._keep(self.times, start.instant, end)
            except (NotUnderstood, ValueError, OverflowError, LookupError):
                is_sure &= not period.strip()
        self.unread += not is_sure

    def _event(
        self, event: RawEvent, replaces: set[datetime], replaced: set[datetime],
        onwards: list[Onwards], *, is_known: bool = True,
    ) -> None:  # fmt: skip
        """``replaces`` gets the instant in whose place it stands, ``onwards`` what holds from there
        on. ``is_known``: the series that it differs from is in the file."""
        found: list[Interval] = []
        plain: list[Interval] = []
        is_sure, start, ranges = True, None, False
        end = self.closes  # until it is known
        takes = _takes_time(event)
        try:
            with _no_longer_than(min(SECONDS_OF_ONE, self._seconds_left())):
                place = event.all("RECURRENCE-ID")[:1]
                ranges = bool(place) and _RANGE.search(place[0][0]) is not None
                if place and not ranges:
                    replaces.add(self._moment(*place[0]).instant)
                if takes or ranges:
                    begins = place if not takes and not event.all("DTSTART") else None
                    start = self._moment(*(begins[0] if begins else self._one(event, "DTSTART")))
                    end, is_exact = self._end(event, start)
                    is_sure &= start.is_sure
                    if takes:
                        self._keep(found, start.instant, end)
                if ranges and start is not None:
                    # Where it is not clear what is meant, the old times stay closed as well.
                    at = self._moment(*place[0]).instant
                    later = Onwards(at, start.wall, start.zone, end, is_exact, takes)
                    if is_sure and is_known and _is_clear(event, place[0][0], later):
                        replaces.add(at)
                        onwards.append(later)
                    else:
                        is_sure = False
                if takes and start is not None:
                    repeats = event.all("RRULE") or event.all("RDATE")
                    plain = found
                    if repeats and not event.all("RECURRENCE-ID"):
                        found = []
                        is_sure &= self._repeat(
                            event, start, end, is_exact, replaced, onwards, found
                        )
                    elif start.instant in replaced:
                        found = []
        except (NotUnderstood, ValueError, OverflowError, LookupError, _TooLong):
            is_sure, found = False, found or plain
        self.times += found
        if not is_sure and (takes or ranges):
            self._count(event, start, end, goes_on=ranges)

    def _seconds_left(self) -> float:
        """Of all events together. At the end, what a plain span takes and no more."""
        return max(self.ends_at - time.process_time(), 0.02)

    def _count(
        self, event: RawEvent, start: Moment | None, end: datetime, *, goes_on: bool
    ) -> None:
        """Not what is over for good, which only an end that was understood can say."""
        goes_on |= bool(event.all("RRULE") or event.all("RDATE"))
        if end < self.opens - 366 * _DAY and not goes_on:
            return
        if start is not None and start.instant >= self.closes:
            return
        self.unread += 1
        if start is not None:
            self.dates.append(start.instant.astimezone(self.zone).date())

    def _repeat(
        self, event: RawEvent, start: Moment, end: datetime, is_exact: bool,
        replaced: set[datetime], onwards: list[Onwards], found: list[Interval],
    ) -> bool:  # fmt: skip
        """Whether all of it was understood. The plain span is in ``found`` whatever happens."""
        but, but_days, is_sure = set(replaced), set[date](), True
        if self.repeated > MOST_TIMES or time.process_time() > self.ends_at:
            self._keep(found, start.instant, end)
            return False
        for parameters, value in self._listed(event, "EXDATE"):
            try:
                moment = self._moment(parameters, value)
            except (NotUnderstood, ValueError, OverflowError):
                is_sure = False
                continue
            if moment.is_day and not start.is_day:
                but_days.add(moment.wall.date())
            but.add(moment.instant)
        length = end - start.instant
        last = end.astimezone(start.zone).replace(tzinfo=None) - start.wall  # on the wall

        def keep(wall: datetime) -> None:
            instant = instant_of(wall, start.zone)
            if instant in but or wall.date() in but_days:
                return
            if (later := that_holds(onwards, instant)) is not None:
                if (span := later.span(instant)) is not None:
                    self._keep(found, *span)
                return
            until = instant + length if is_exact else instant_of(wall + last, start.zone)
            self._keep(found, instant, until)

        margin = max(length, timedelta()) + 2 * _DAY
        margin += max((abs(later.moved) + later.length for later in onwards), default=timedelta())
        opens = self.opens.replace(tzinfo=None) - margin
        closes = self.closes.replace(tzinfo=None) + 2 * _DAY
        closes += max((abs(later.moved) for later in onwards), default=timedelta())

        def until(value: str) -> datetime:
            moment = self._moment("", value)
            if moment.is_day:
                return moment.wall + _DAY - timedelta(seconds=1)
            if isinstance(moment.zone, timezone):  # UTC, or so many hours from it
                return moment.instant.astimezone(start.zone).replace(tzinfo=None)
            return moment.wall

        for _parameters, rule in event.all("EXRULE"):  # of older programs
            try:
                for wall in starts(rule, start.wall, until, opens, closes):
                    self.repeated += 1
                    but.add(instant_of(wall, start.zone))
            except (NotUnderstood, ValueError, OverflowError):
                is_sure = False
        keep(start.wall)
        for parameters, value in self._listed(event, "RDATE"):
            self.repeated += 1
            try:
                self._extra(parameters, value, start, but, keep, onwards, found)
            except (NotUnderstood, ValueError, OverflowError):
                is_sure = False
        for _parameters, rule in event.all("RRULE"):
            try:
                for wall in starts(rule, start.wall, until, opens, closes):
                    self.repeated += 1
                    keep(wall)
            except (NotUnderstood, ValueError, OverflowError):
                is_sure = False
            except _TooLong:
                return False
        return is_sure

    def _extra(self, parameters, value, start, but, keep, onwards, found) -> None:  # type: ignore[no-untyped-def]
        first, slash, rest = value.partition("/")
        moment = self._moment(parameters, first)
        if not slash or that_holds(onwards, moment.instant) is not None:
            keep(moment.instant.astimezone(start.zone).replace(tzinfo=None))
            return
        end = self._end_of_period(parameters, moment, rest)
        if moment.instant not in but:
            self._keep(found, moment.instant, end)

    def _end_of_period(self, parameters: str, start: Moment, rest: str) -> datetime:
        """Of ``start/rest``, which is a length or a time."""
        if rest.strip().lstrip("+-").upper().startswith("P"):
            return start.instant + duration_of(rest)
        return self._moment(parameters, rest).instant

    def _end(self, event: RawEvent, start: Moment) -> tuple[datetime, bool]:
        """And whether it is so long after the start by the clock, not on the wall."""
        if event.all("DTEND"):
            end = self._moment(*self._one(event, "DTEND"))
            if start.is_day and end.instant == start.instant:  # the State's own file is so
                return instant_of(start.wall + _DAY, start.zone), False
            if end.instant < start.instant:
                raise NotUnderstood
            return end.instant, False
        if event.all("DURATION"):
            length = duration_of(event.word("DURATION"))
            if length < timedelta():
                raise NotUnderstood
            if start.is_day:
                return instant_of(start.wall + max(length, _DAY), start.zone), False
            return start.instant + length, True
        return instant_of(start.wall + (_DAY if start.is_day else timedelta()), start.zone), False

    def _keep(self, found: list[Interval], start: datetime, end: datetime) -> None:
        start, end = max(start, self.opens), min(end, self.closes)
        if start < end:
            found.append(Interval(start, end))

    def _one(self, event: RawEvent, name: str) -> tuple[str, str]:
        values = event.all(name)
        if not values:
            raise NotUnderstood
        return values[0]

    def _listed(self, event: RawEvent, name: str) -> Iterator[tuple[str, str]]:
        for parameters, values in event.all(name):
            for value in values.split(","):
                if value.strip():
                    yield parameters, value

    def _moment(self, parameters: str, value: str) -> Moment:
        return moment_of(parameters, value, self.zone, self.names)


def _is_long_over(event: RawEvent, year: int) -> bool:
    """Seen at a glance: most of a file of twenty years. Only where all of it is understood."""
    if event.all("RRULE") or event.all("RDATE") or event.all("RECURRENCE-ID"):
        return False
    years = [year_at_a_glance(event.word(name)) for name in _ENDS if event.all(name)]
    if not years or not all(0 < written < year - 1 for written in years):
        return False
    return not event.all("DURATION") or is_short(event.word("DURATION"))


def _is_clear(event: RawEvent, parameters: str, later: Onwards) -> bool:
    """Not backwards, as old programs wrote, nor with a repetition of its own, nor to another year."""
    onwards = re.search(r'RANGE="?THISANDFUTURE\b', parameters, re.IGNORECASE)
    repeats = event.all("RRULE") or event.all("RDATE")
    return onwards is not None and not repeats and abs(later.moved) <= FARTHEST


def _latest(masters: list[RawEvent]) -> list[RawEvent]:
    """Of one event in several versions, the last."""
    if len(masters) < 2:
        return masters
    versions = [
        int(word) if (word := m.word("SEQUENCE")).isdecimal() and len(word) < 9 else 0
        for m in masters
    ]
    return [m for m, version in zip(masters, versions, strict=True) if version == max(versions)]


def _takes_time(event: RawEvent) -> bool:
    free = event.word("TRANSP").upper() == "TRANSPARENT"
    free |= event.word("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"
    return not (free or event.word("STATUS").upper() == "CANCELLED")


class _no_longer_than:  # noqa: N801  reads as what it does
    """Of processor time, as a signal: Python alone cannot leave a loop of somebody else's."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGVTALRM, _ring)
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, self._before)


def _ring(number: int, frame: FrameType | None) -> None:
    raise _TooLong
