"""Time that comes back by a rule of RFC 5545 (`FREQ=WEEKLY;INTERVAL=2;UNTIL=20270131`).

Written out as dated spans, so that each can be dropped or moved alone and the database guards each.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

LONGEST = timedelta(days=731)  # ahead: as far as a booking horizon goes, and a day
MOST = 800  # times: every day of two years
_KNOWN = {"FREQ", "INTERVAL", "UNTIL", "COUNT", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?", re.ASCII)


class Repeat(StrEnum):
    """What the form offers."""

    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


_RULES = {
    Repeat.WEEKLY: "FREQ=WEEKLY",
    Repeat.FORTNIGHTLY: "FREQ=WEEKLY;INTERVAL=2",
    Repeat.MONTHLY: "FREQ=MONTHLY",
}


class BadRule(ValueError):
    """``code``: not_a_rule, unknown_part, no_end (neither UNTIL nor COUNT), too_far (past two
    years), too_many, nothing (no time at all), not_from_start (the first time is none of them)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rule_of(repeat: Repeat, until: date) -> str:
    """``until`` is the last local date that counts."""
    return f"{_RULES[repeat]};UNTIL={until:%Y%m%d}"


def spans(
    start: datetime, end: datetime, rule: str, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """UTC instants of each span, the first included; of ``start`` alone without a ``rule``.

    ``start`` and ``end`` are wall-clock times without zone, and keep their wall-clock meaning
    across clock changes. A month without that day is skipped. Raises `BadRule`.
    """
    for each in _starts(start, rule, zone) if rule else [start]:
        opened = each.replace(tzinfo=zone).astimezone(UTC)
        closed = (each + (end - start)).replace(tzinfo=zone).astimezone(UTC)
        if opened < closed:
            yield opened, closed


def _starts(start: datetime, rule: str, zone: ZoneInfo) -> list[datetime]:
    parts = dict(part.partition("=")[::2] for part in rule.upper().strip().rstrip(";").split(";"))
    if "FREQ" not in parts or not all(parts.values()):
        raise BadRule("not_a_rule")
    if parts.keys() - _KNOWN or parts["FREQ"] not in _FREQUENCIES:
        raise BadRule("unknown_part")
    until = parts.pop("UNTIL", None)
    if (until is None) == ("COUNT" not in parts):
        raise BadRule("no_end" if until is None else "not_a_rule")
    latest = start + LONGEST
    if until is not None:
        last = _last(until, zone)
        if last > datetime.combine(latest.date(), time.max):
            raise BadRule("too_far")
        parts["UNTIL"] = f"{last:%Y%m%dT%H%M%S}"
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    starts: list[datetime] = []
    try:
        for each in rrulestr(text, dtstart=start):
            if each > latest:
                raise BadRule("too_far")
            if len(starts) == MOST:
                raise BadRule("too_many")
            starts.append(each)
    except BadRule:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        raise BadRule("not_a_rule") from None
    if not starts:
        raise BadRule("nothing")
    if starts[0] != start:
        raise BadRule("not_from_start")
    return starts


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
