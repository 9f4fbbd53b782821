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
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import FrameType
from zoneinfo import ZoneInfo

from maia.availability.intervals import Interval, merge
from maia.calendars.lines import File, RawEvent, read_file
from maia.calendars.onwards import FARTHEST, Onwards, that_holds
from maia.calendars.repeating import NotUnderstood, starts
from maia.calendars.zones import instant_of, zone_named

MOST_BYTES = 20_000_000  # a full agenda of twenty years
MOST_TIMES, MOST_SECONDS = 200_000, 6.0  # of all repetitions; seconds of processor
SECONDS_OF_ONE = 0.4
MOST_KEPT = 20_000  # spans of busy time
MOST_DATES = 20
_DAY = timedelta(days=1)
_FARTHEST = datetime(2300, 1, 1)  # noqa: DTZ001  a wall-clock time
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(Z)?)?", re.ASCII)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_RANGE = re.compile(r'RANGE="?\w', re.IGNORECASE)
_TZID = re.compile(r'TZID=("[^"]*"|[^;]*)', re.IGNORECASE)


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


@dataclass(frozen=True)
class _Moment:
    """A time as written: on the wall of ``zone``; a day if it has no hour."""

    wall: datetime
    zone: tzinfo
    is_day: bool
    is_sure: bool  # its zone is known

    @property
    def instant(self) -> datetime:
        return instant_of(self.wall, self.zone)


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
    for name in {found[1] for event in file.events for found in _zones_of(event)}:
        zone_named(name)  # kept, so that no event pays for the tables
    for series in _series(file, ours, opens.year):
        reader.read(series)
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

    def _event(
        self, event: RawEvent, replaces: set[datetime], replaced: set[datetime],
        onwards: list[Onwards], *, is_known: bool = True,
    ) -> None:  # fmt: skip
        """``replaces`` gets the instant in whose place it stands, ``onwards`` what holds from there
        on. ``is_known``: the series that it differs from is in the file."""
        found: list[Interval] = []
        plain: list[Interval] = []
        is_sure, start, ranges = True, None, False
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
            self._count(event, start)

    def _seconds_left(self) -> float:
        """Of all events together. At the end, what a plain span takes and no more."""
        return max(self.ends_at - time.process_time(), 0.02)

    def _count(self, event: RawEvent, start: _Moment | None) -> None:
        """Not what is over for good."""
        goes_on = event.all("RRULE") or event.all("RDATE")
        if start is not None and start.instant < self.opens - 366 * _DAY and not goes_on:
            return
        if start is not None and start.instant >= self.closes:
            return
        self.unread += 1
        if start is not None:
            self.dates.append(start.instant.astimezone(self.zone).date())

    def _repeat(
        self, event: RawEvent, start: _Moment, end: datetime, is_exact: bool,
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

        keep(start.wall)
        for parameters, value in self._listed(event, "RDATE"):
            self.repeated += 1
            try:
                self._extra(parameters, value, start, but, keep, onwards, found)
            except (NotUnderstood, ValueError, OverflowError):
                is_sure = False
        margin = max(length, timedelta()) + 2 * _DAY
        margin += max((abs(later.moved) + later.length for later in onwards), default=timedelta())
        opens = self.opens.replace(tzinfo=None) - margin
        closes = self.closes.replace(tzinfo=None) + 2 * _DAY
        closes += max((abs(later.moved) for later in onwards), default=timedelta())

        def until(value: str) -> datetime:
            moment = self._moment("", value)
            if moment.is_day:
                return moment.wall + _DAY - timedelta(seconds=1)
            if moment.zone is UTC:
                return moment.instant.astimezone(start.zone).replace(tzinfo=None)
            return moment.wall

        for _parameters, rule in event.all("RRULE"):
            try:
                for wall in starts(rule, start.wall, until, opens, closes):
                    self.repeated += 1
                    keep(wall)
            except (NotUnderstood, ValueError, OverflowError, _TooLong):
                is_sure = False
        return is_sure

    def _extra(self, parameters, value, start, but, keep, onwards, found) -> None:  # type: ignore[no-untyped-def]
        first, slash, rest = value.partition("/")
        moment = self._moment(parameters, first)
        if not slash or that_holds(onwards, moment.instant) is not None:
            keep(moment.instant.astimezone(start.zone).replace(tzinfo=None))
            return
        end = (
            moment.instant + _duration(rest) if rest.lstrip("+-").upper().startswith("P")
            else self._moment(parameters, rest).instant
        )  # fmt: skip
        if moment.instant not in but:
            self._keep(found, moment.instant, end)

    def _end(self, event: RawEvent, start: _Moment) -> tuple[datetime, bool]:
        """And whether it is so long after the start by the clock, not on the wall."""
        if event.all("DTEND"):
            end = self._moment(*self._one(event, "DTEND"))
            if start.is_day and end.instant == start.instant:  # the State's own file is so
                return instant_of(start.wall + _DAY, start.zone), False
            if end.instant < start.instant:
                raise NotUnderstood
            return end.instant, False
        if event.all("DURATION"):
            length = _duration(event.word("DURATION"))
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

    def _moment(self, parameters: str, value: str) -> _Moment:
        found = _TIME.fullmatch(value.strip().upper())
        if found is None:
            raise NotUnderstood
        year, month, day, hour, minute, second, utc = found.groups()
        wall = datetime(int(year), int(month), int(day))  # noqa: DTZ001  on somebody's wall
        if not 1 < wall.year < _FARTHEST.year:
            raise NotUnderstood
        if hour is None:
            return _Moment(wall, self.zone, is_day=True, is_sure=True)
        if int(hour) > 24 or int(minute) > 59:
            raise NotUnderstood
        wall += timedelta(hours=int(hour), minutes=int(minute), seconds=min(int(second or 0), 59))
        if utc:
            return _Moment(wall, UTC, is_day=False, is_sure=True)
        named = _TZID.search(parameters)
        if named is None:
            return _Moment(wall, self.zone, is_day=False, is_sure=True)
        zone = zone_named(named[1])
        if zone is None:
            zone = zone_named(self.names.get(named[1].strip('"'), ""))
        return _Moment(wall, zone or self.zone, is_day=False, is_sure=zone is not None)


def _zones_of(event: RawEvent) -> Iterator[re.Match[str]]:
    for values in event.properties.values():
        for parameters, _value in values:
            if found := _TZID.search(parameters):
                yield found


def _is_long_over(event: RawEvent, year: int) -> bool:
    """Seen at a glance: most of a file of twenty years."""
    if event.all("RRULE") or event.all("RDATE") or event.all("RECURRENCE-ID"):
        return False
    years = [event.word(name)[:4] for name in ("DTSTART", "DTEND") if event.all(name)]
    is_short = len(event.word("DURATION")) < 12
    return bool(years) and is_short and all(y.isdecimal() and int(y) < year - 1 for y in years)


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


def _duration(value: str) -> timedelta:
    found = _DURATION.fullmatch(value.strip().upper())
    if found is None:
        raise NotUnderstood
    sign, *numbers = found.groups()
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign == "-" else length


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
