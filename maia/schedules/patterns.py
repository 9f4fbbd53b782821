"""On which days something comes back: the forms of an RFC 5545 rule that Maia keeps and shows.

A rule is read part by part, each within its range, and whatever else is written is refused. Whether
it falls on a day is answered of that day alone, so that a walk costs as many steps as it has days,
whatever the rule says and even where it matches none.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_EVERY = 99  # what the form of a personal event holds
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"}
_NUMBER = re.compile(r"[+-]?\d{1,3}", re.ASCII)
_DAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)


class BadRule(ValueError):
    """``code``: not_a_rule, unknown_part, out_of_range (a number of a part), not_together (parts
    that say nothing side by side), no_end (neither UNTIL nor COUNT), too_far (past two years, or
    twenty of a COUNT), too_many, nothing (no time at all), not_from_start (the first time is none
    of them)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Weekday(NamedTuple):
    """``nth`` of its month: 1 to 5, -1 to -5 from its end; 0: each."""

    weekday: int
    nth: int = 0

    def __str__(self) -> str:
        return f"{self.nth or ''}{WEEKDAYS[self.weekday]}"

    def is_on(self, day: date) -> bool:
        if day.weekday() != self.weekday:
            return False
        left = monthrange(day.year, day.month)[1] - day.day
        return self.nth in (0, (day.day - 1) // 7 + 1, -(left // 7) - 1)


@dataclass(frozen=True)
class Pattern:
    """Numbers are within their ranges, each said once, in order. ``week_starts``: 0 is Monday."""

    frequency: str
    every: int = 1
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[Weekday, ...] = ()
    week_starts: int = 0

    def __str__(self) -> str:
        """The one way to write it: what it says by itself is not said."""
        parts = [f"FREQ={self.frequency}"]
        if self.every > 1:
            parts.append(f"INTERVAL={self.every}")
        for name, values in (
            ("BYMONTH", self.months), ("BYMONTHDAY", self.month_days), ("BYDAY", self.days)
        ):  # fmt: skip
            if values:
                parts.append(f"{name}={','.join(map(str, values))}")
        if self.week_starts and self.every > 1 and self.frequency == "WEEKLY":
            parts.append(f"WKST={WEEKDAYS[self.week_starts]}")
        return ";".join(parts)

    def falls_on(self, day: date, first: date) -> bool:
        """Counted from ``first`` on, which says what the rule leaves open."""
        if self._turns(day, first) % self.every:
            return False
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not self._is_of_month_days(day):
            return False
        if self.days:
            return any(one.is_on(day) for one in self.days)
        return bool(self.month_days) or self._is_like(day, first)

    def _turns(self, day: date, first: date) -> int:
        """Days, weeks, months or years from that of ``first`` to that of ``day``."""
        match self.frequency:
            case "DAILY":
                return (day - first).days
            case "WEEKLY":
                return (self._week_of(day) - self._week_of(first)) // 7
            case "MONTHLY":
                return (day.year - first.year) * 12 + day.month - first.month
        return day.year - first.year

    def _week_of(self, day: date) -> int:
        """The number of the day that its week begins with."""
        return day.toordinal() - (day.weekday() - self.week_starts) % 7

    def _is_of_month_days(self, day: date) -> bool:
        from_end = day.day - monthrange(day.year, day.month)[1] - 1
        return day.day in self.month_days or from_end in self.month_days

    def _is_like(self, day: date, first: date) -> bool:
        match self.frequency:
            case "DAILY":
                return True
            case "WEEKLY":
                return day.weekday() == first.weekday()
            case "YEARLY" if not self.months:
                return (day.month, day.day) == (first.month, first.day)
        return day.day == first.day


def days_of(pattern: Pattern, first: date, since: date, until: date) -> Iterator[date]:
    """Those from ``since`` to ``until``, both included."""
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        if pattern.falls_on(day, first):
            yield day


def parts_of(text: str) -> dict[str, str]:
    """Names and values of a text, each once. Raises `BadRule`."""
    pairs = [part.partition("=")[::2] for part in text.upper().strip().rstrip(";").split(";")]
    parts = dict(pairs)
    if "FREQ" not in parts or len(parts) < len(pairs) or not all(parts.values()):
        raise BadRule("not_a_rule")
    return parts


def pattern_of(parts: dict[str, str]) -> Pattern:
    """Raises `BadRule`: unknown_part, out_of_range, not_together, not_a_rule."""
    if parts.keys() - _PARTS or parts["FREQ"] not in _FREQUENCIES:
        raise BadRule("unknown_part")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise BadRule("not_a_rule")
    pattern = Pattern(
        parts["FREQ"],
        _number(parts.get("INTERVAL", "1"), range(1, MOST_EVERY + 1)),
        tuple(_numbers(parts, "BYMONTH", range(1, 13))),
        tuple(_numbers(parts, "BYMONTHDAY", range(-31, 32))),
        tuple(_weekdays(parts)),
        WEEKDAYS.index(parts.get("WKST", "MO")),
    )
    _refuse_what_does_not_go_together(pattern)
    return pattern


def _refuse_what_does_not_go_together(pattern: Pattern) -> None:
    of_a_month = pattern.frequency == "MONTHLY" or (
        pattern.frequency == "YEARLY" and pattern.months
    )
    if pattern.frequency == "WEEKLY" and pattern.month_days:
        raise BadRule("not_together")
    if any(day.nth for day in pattern.days) and not of_a_month:
        raise BadRule("not_together")


def _numbers(parts: dict[str, str], name: str, known: range) -> list[int]:
    if name not in parts:
        return []
    return sorted({_number(word, known) for word in parts[name].split(",")})


def _number(word: str, known: range) -> int:
    """Never nought."""
    if not _NUMBER.fullmatch(word) or int(word) not in known or not int(word):
        raise BadRule("out_of_range")
    return int(word)


def _weekdays(parts: dict[str, str]) -> list[Weekday]:
    if "BYDAY" not in parts:
        return []
    days = set()
    for word in parts["BYDAY"].split(","):
        read = _DAY.fullmatch(word)
        if read is None:
            raise BadRule("out_of_range")
        nth = _number(read[1], range(-5, 6)) if read[1] else 0
        days.add(Weekday(WEEKDAYS.index(read[2]), nth))
    return sorted(days)
