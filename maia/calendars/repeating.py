"""A repetition of somebody else's calendar (RFC 5545), expanded near a window and nowhere else.

A rule is walked turn by turn, and each step is counted: what takes too many, also what matches
nothing at all, is not understood (docs/decisions/2026-11-27-reading-repetition-rules.md).
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count as numbers
from itertools import islice
from typing import Any

MOST_TIMES = 20_000  # of one rule within the window: every hour of two years
MOST_STEPS = 200_000  # days and times that are looked at for one rule: daily for five centuries

_TURNS = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
_STEPS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBERS = {  # the least and the most, without the sign
    "BYMONTH": (1, 12), "BYMONTHDAY": (1, 31), "BYYEARDAY": (1, 366), "BYWEEKNO": (1, 53),
    "BYHOUR": (0, 23), "BYMINUTE": (0, 59), "BYSECOND": (0, 59), "BYSETPOS": (1, 366),
}  # fmt: skip
_DAY = timedelta(days=1)


class NotUnderstood(Exception):
    pass


@dataclass
class _Rule:
    """``by``: the numbers of each part that is said; ``weekdays``: with their number of a month or a
    year, 0 for each; ``steps``: how many have been looked at."""

    frequency: str
    every: int
    week_starts: int
    start: datetime
    by: dict[str, list[int]]
    weekdays: list[tuple[int, int]]
    steps: int = 0

    def __post_init__(self) -> None:
        """What a rule leaves open, its start says."""
        days = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"} & self.by.keys()
        if not days and not self.weekdays:
            if self.frequency == "YEARLY":
                self.by.setdefault("BYMONTH", [self.start.month])
            if self.frequency in ("YEARLY", "MONTHLY"):
                self.by["BYMONTHDAY"] = [self.start.day]
            if self.frequency == "WEEKLY":
                self.weekdays = [(0, self.start.weekday())]
        finer = list(_STEPS).index(self.frequency) if self.frequency in _STEPS else -1
        for at, (name, begins) in enumerate(
            (("BYHOUR", self.start.hour), ("BYMINUTE", self.start.minute), ("BYSECOND", self.start.second))
        ):  # fmt: skip
            if at > finer:
                self.by.setdefault(name, [begins])

    def step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise NotUnderstood

    def is_on(self, day: date) -> bool:
        self.step()
        by = self.by
        length, year_length = monthrange(day.year, day.month)[1], 365 + isleap(day.year)
        year_day = day.timetuple().tm_yday
        return (
            ("BYMONTH" not in by or day.month in by["BYMONTH"])
            and _holds(by.get("BYMONTHDAY"), day.day, length)
            and _holds(by.get("BYYEARDAY"), year_day, year_length)
            and ("BYWEEKNO" not in by or _holds(by["BYWEEKNO"], *self._week(day)))
            and (not self.weekdays or self._is_weekday(day, length, year_day, year_length))
        )

    def _week(self, day: date) -> tuple[int, int]:
        """The number of its week, and how many weeks that year has: the first has four days of it."""
        begins = day - timedelta(days=(day.weekday() - self.week_starts) % 7)
        year = (begins + 3 * _DAY).year
        first, after = (self._first_week(one) for one in (year, year + 1))
        return (begins - first).days // 7 + 1, (after - first).days // 7

    def _first_week(self, year: int) -> date:
        fourth = date(year, 1, 4)
        return fourth - timedelta(days=(fourth.weekday() - self.week_starts) % 7)

    def _is_weekday(self, day: date, length: int, year_day: int, year_length: int) -> bool:
        at, of = (day.day, length)
        if self.frequency == "YEARLY" and "BYMONTH" not in self.by:
            at, of = year_day, year_length
        nth, from_end = (at - 1) // 7 + 1, -((of - at) // 7) - 1
        return any(
            weekday == day.weekday()
            and (
                not number
                or self.frequency not in ("YEARLY", "MONTHLY")
                or number in (nth, from_end)
            )
            for number, weekday in self.weekdays
        )

    def clocks(self, hours: list[int], minutes: list[int]) -> list[time]:
        return [
            time(hour, minute, second)
            for hour in hours for minute in minutes for second in self.by["BYSECOND"]
        ]  # fmt: skip

    def chosen(self, times: list[datetime]) -> list[datetime]:
        """Of one turn, in order, by their places in it."""
        if "BYSETPOS" not in self.by:
            return times
        places = {at - 1 if at > 0 else len(times) + at for at in self.by["BYSETPOS"]}
        return [times[at] for at in sorted(places) if 0 <= at < len(times)]


def starts(
    rule: str, start: datetime, until: Any, opens: datetime, closes: datetime
) -> Iterator[datetime]:
    """Wall-clock times without a zone within ``[opens, closes]``. ``until`` turns the rule's own end
    into such a time. Raises `NotUnderstood`, also when there are too many."""
    parts = _parts(rule)
    read = _read(parts, start)
    last = min(until(parts["UNTIL"]), closes) if "UNTIL" in parts else closes
    walk: Iterator[datetime]
    if "COUNT" in parts:  # counted from its start on
        walk = islice(_walk(read, start, last), _whole(parts["COUNT"]))
    else:
        walk = _walk(read, max(opens, start), last)
    times = list(islice((at for at in walk if at >= opens), MOST_TIMES + 1))
    if len(times) > MOST_TIMES:
        raise NotUnderstood
    yield from times


def _walk(rule: _Rule, since: datetime, last: datetime) -> Iterator[datetime]:
    """Those from ``since``, not before its start, to ``last``, in order."""
    turns = _short_turns if rule.frequency in _STEPS else _long_turns
    for times in turns(rule, since, last):
        for at in rule.chosen(times):
            rule.step()
            if at > last:
                return
            if at >= since:
                yield at


def _long_turns(rule: _Rule, since: datetime, last: datetime) -> Iterator[list[datetime]]:
    """The times of each year, month, week or day whose turn it is."""
    clocks = rule.clocks(rule.by["BYHOUR"], rule.by["BYMINUTE"])
    for number in numbers(_turns_until(rule, since)):
        turn = _turn(rule, number)
        if turn is None or turn[0] > last.date():
            return
        first, length = turn
        days = [day for n in range(length) if rule.is_on(day := first + n * _DAY)]
        if len(days) * len(clocks) > MOST_STEPS:
            raise NotUnderstood
        yield [datetime.combine(day, clock) for day in days for clock in clocks]


def _turns_until(rule: _Rule, since: datetime) -> int:
    """How many turns end before the one that ``since`` is in, or that comes next."""
    match rule.frequency:
        case "YEARLY":
            passed = since.year - rule.start.year
        case "MONTHLY":
            passed = (since.year - rule.start.year) * 12 + since.month - rule.start.month
        case "WEEKLY":
            passed = (since.date() - rule.start.date()).days // 7
        case _:
            passed = (since.date() - rule.start.date()).days
    return max(passed // rule.every, 0)


def _turn(rule: _Rule, number: int) -> tuple[date, int] | None:
    """The first day of a turn, and how many it has; None past the last year."""
    by, start = number * rule.every, rule.start.date()
    try:
        match rule.frequency:
            case "YEARLY":
                return date(start.year + by, 1, 1), 365 + isleap(start.year + by)
            case "MONTHLY":
                month = start.year * 12 + start.month - 1 + by
                first = date(month // 12, month % 12 + 1, 1)
                return first, monthrange(first.year, first.month)[1]
            case "WEEKLY":
                begins = start - timedelta(days=(start.weekday() - rule.week_starts) % 7)
                return begins + timedelta(days=7 * by), 7
        return start + timedelta(days=by), 1
    except (ValueError, OverflowError):
        return None


def _short_turns(rule: _Rule, since: datetime, last: datetime) -> Iterator[list[datetime]]:
    """The times of each hour, minute or second whose turn it is. A day, an hour or a minute that is
    none of the rule's is passed over in one step."""
    step = timedelta(seconds=_STEPS[rule.frequency] * rule.every)
    unit = timedelta(seconds=_STEPS[rule.frequency])
    begins = rule.start - (rule.start - datetime.combine(rule.start.date(), time())) % unit
    at = begins + step * max((since - begins) // step, 0)
    while at <= last:
        rule.step()
        after = _passed_over(rule, at)
        if after is not None:
            at += step * max(-((at - after) // step), 1)  # the first turn from there on
            continue
        hours, minutes = (
            [at.hour],
            rule.by["BYMINUTE"] if rule.frequency == "HOURLY" else [at.minute],
        )
        if rule.frequency == "SECONDLY":
            yield [at]
        else:
            yield [datetime.combine(at.date(), clock) for clock in rule.clocks(hours, minutes)]
        at += step


def _passed_over(rule: _Rule, at: datetime) -> datetime | None:
    """Where the next day, hour, minute or second begins, if this one is none of the rule's."""
    by = rule.by
    if not rule.is_on(at.date()):
        return datetime.combine(at.date() + _DAY, time())
    if "BYHOUR" in by and at.hour not in by["BYHOUR"]:
        return at.replace(minute=0, second=0) + timedelta(hours=1)
    if rule.frequency != "HOURLY" and "BYMINUTE" in by and at.minute not in by["BYMINUTE"]:
        return at.replace(second=0) + timedelta(minutes=1)
    if rule.frequency == "SECONDLY" and "BYSECOND" in by and at.second not in by["BYSECOND"]:
        later = [second for second in by["BYSECOND"] if second > at.second]
        return at + timedelta(seconds=(later[0] if later else 60) - at.second)
    return None


def _holds(wanted: list[int] | None, number: int, of: int) -> bool:
    """Counted from the beginning, or from the end with a sign."""
    return wanted is None or number in wanted or number - of - 1 in wanted


def _read(parts: dict[str, str], start: datetime) -> _Rule:
    frequency = parts.get("FREQ", "")
    if frequency not in _TURNS and frequency not in _STEPS:
        raise NotUnderstood
    if parts.get("WKST", "MO") not in _WEEKDAYS:
        raise NotUnderstood
    return _Rule(
        frequency,
        _whole(parts.get("INTERVAL", "1")),
        _WEEKDAYS.index(parts.get("WKST", "MO")),
        start,
        {name: _numbers(name, parts[name]) for name in _NUMBERS if name in parts},
        _weekdays(parts["BYDAY"]) if "BYDAY" in parts else [],
    )


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.upper().replace(" ", "").split(";"):
        if not part:
            continue
        name, equals, value = part.partition("=")
        if not equals or name in parts or len(value) > 2000:
            raise NotUnderstood
        if name == "RSCALE" and value == "GREGORIAN":
            continue
        if name not in {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_NUMBERS}:
            if name.startswith("X-"):
                continue
            raise NotUnderstood
        parts[name] = value
    return parts


def _numbers(name: str, value: str) -> list[int]:
    least, most = _NUMBERS[name]
    found = []
    for word in value.split(","):
        if not word:
            continue
        if not re.fullmatch(r"[+-]?\d{1,3}", word, re.ASCII):
            raise NotUnderstood
        number = int(word)
        if not least <= abs(number) <= most or (number < 0 and least == 0):
            raise NotUnderstood
        found.append(number)
    if not found:
        raise NotUnderstood
    return sorted(set(found))


def _weekdays(value: str) -> list[tuple[int, int]]:
    """Each with its number, which may have a sign; 0 for each."""
    found = []
    for word in filter(None, value.split(",")):
        read = _WEEKDAY.fullmatch(word)
        if read is None or (read[1] is not None and not 0 < abs(int(read[1])) <= 53):
            raise NotUnderstood
        found.append((int(read[1] or 0), _WEEKDAYS.index(read[2])))
    if not found:
        raise NotUnderstood
    return found


def _whole(value: str) -> int:
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII) or int(value) == 0:
        raise NotUnderstood
    return int(value)
