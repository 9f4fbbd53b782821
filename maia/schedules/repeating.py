"""Time that comes back by a rule of RFC 5545 (`FREQ=WEEKLY;INTERVAL=2;UNTIL=20270131`).

A rule is read into what comes back and the last date that counts, None for one that has no end.
Its dates are written out as far as one looks ahead, so that each can be dropped or moved alone and
the database guards each.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from maia.availability.bounds import is_in_bounds
from maia.schedules.patterns import BadRule as BadRule
from maia.schedules.patterns import days_of, parts_of, pattern_of

LONGEST = timedelta(days=731)  # ahead: as far as a booking horizon goes, and a day
MOST = 800  # times: every day of two years
FURTHEST = timedelta(days=20 * 366)  # the last of a COUNT
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)


class Repeat(StrEnum):
    """What the form of an absence offers."""

    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


_RULES = {
    Repeat.WEEKLY: "FREQ=WEEKLY",
    Repeat.FORTNIGHTLY: "FREQ=WEEKLY;INTERVAL=2",
    Repeat.MONTHLY: "FREQ=MONTHLY",
}


class Rule(NamedTuple):
    """``text`` says neither UNTIL nor COUNT; ``last``: the last local date that counts."""

    text: str
    last: date | None = None

    def __str__(self) -> str:
        return self.text if self.last is None else f"{self.text};UNTIL={self.last:%Y%m%d}"


def rule_of(repeat: Repeat, until: date) -> str:
    """``until`` is the last local date that counts."""
    return f"{_RULES[repeat]};UNTIL={until:%Y%m%d}"


def frequency_of(rule: Rule) -> str:
    """DAILY, WEEKLY, MONTHLY or YEARLY."""
    return pattern_of(parts_of(rule.text)).frequency


def read_rule(text: str, start: datetime, zone: ZoneInfo) -> Rule:
    """Of a text of RFC 5545; ``start`` is the wall-clock time, without zone, of its first time.

    Raises `BadRule`, also where ``start`` is not its first time.
    """
    parts = parts_of(text)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    if count is not None and until is not None:
        raise BadRule("not_a_rule")
    rule = Rule(str(pattern_of(parts)))
    if until is not None:
        rule = rule._replace(last=_last_date(until, start.time(), zone))
    if count is not None:
        rule = rule._replace(last=_last_of(rule, start.date(), count))
    first = next(walk(rule, start.date(), until=start.date() + LONGEST), None)
    if first is None:
        raise BadRule("nothing")
    if first != start.date():
        raise BadRule("not_from_start")
    return rule


def walk(rule: Rule, first: date, *, until: date, since: date = date.min) -> Iterator[date]:
    """The local dates that follow from ``rule``, counted from ``first`` on: those from ``since`` to
    ``until``, both included. A month without that day is skipped. A step for each day of these,
    whatever the rule says. Raises `BadRule`."""
    until = until if rule.last is None else min(until, rule.last)
    yield from days_of(pattern_of(parts_of(rule.text)), first, max(first, since), until)


def instants(
    day: date, begins: time, lasts: timedelta, zone: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """UTC, of wall-clock times: both keep their meaning across a change of the clocks. None where
    the clocks skip all of it."""
    wall = datetime.combine(day, begins)
    opened = wall.replace(tzinfo=zone).astimezone(UTC)
    closed = (wall + lasts).replace(tzinfo=zone).astimezone(UTC)
    return (opened, closed) if opened < closed else None


def spans(
    start: datetime, end: datetime, rule: str, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """UTC instants of each span, the first included; of ``start`` alone without a ``rule``, which
    ends within two years.

    ``start`` and ``end`` are wall-clock times without zone. Raises `BadRule`.
    """
    for day in _dates_that_end(start, rule, zone) if rule else [start.date()]:
        span = instants(day, start.time(), end - start, zone)
        if span:
            yield span


def _dates_that_end(start: datetime, text: str, zone: ZoneInfo) -> list[date]:
    rule = read_rule(text, start, zone)
    if rule.last is None:
        raise BadRule("no_end")
    if rule.last > start.date() + LONGEST:
        raise BadRule("too_far")
    dates = list(islice(walk(rule, start.date(), until=rule.last), MOST + 1))
    if len(dates) > MOST:
        raise BadRule("too_many")
    return dates


def _last_of(rule: Rule, first: date, count: str) -> date:
    """The date of the last of ``count`` times."""
    if not _COUNT.fullmatch(count):
        raise BadRule("not_a_rule")
    times = int(count)
    if times > MOST:
        raise BadRule("too_far")
    dates = list(islice(walk(rule, first, until=first + FURTHEST), times))
    if not dates:
        raise BadRule("nothing")
    if len(dates) < times:
        raise BadRule("too_far")
    return dates[-1]


def _last_date(text: str, begins: time, zone: ZoneInfo) -> date:
    """The last date that counts of what begins at ``begins``, by an UNTIL."""
    last = _last(text, zone)
    if not is_in_bounds(last.date()):
        raise BadRule("too_far")
    day = last.date() if begins <= last.time() else last.date() - timedelta(days=1)
    if not is_in_bounds(day):
        raise BadRule("too_far")
    return day


def _last(text: str, zone: ZoneInfo) -> datetime:
    """The last wall-clock instant that counts: an UNTIL with a time is a time, a date its whole day."""
    read = _UNTIL.fullmatch(text)
    try:
        if read is None:
            raise ValueError
        if read[2] is None:
            return datetime.combine(datetime.strptime(text, "%Y%m%d").date(), time(23, 59, 59))  # noqa: DTZ007
        wall = datetime.strptime(read[1] + read[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
        return wall.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if read[3] else wall
    except (ValueError, OverflowError):
        raise BadRule("not_a_rule") from None
