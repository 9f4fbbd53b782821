"""A repetition of somebody else's calendar, expanded near a window and nowhere else."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from dateutil import rrule

MOST_TIMES = 20_000  # of one rule within the window: every hour of two years

_FREQUENCIES = {name: n for n, name in enumerate(
    ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
)}  # fmt: skip
_STEPS = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1),
          6: timedelta(seconds=1), 2: timedelta(weeks=1)}  # fmt: skip
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBERS = {  # the least and the most, without the sign
    "BYMONTH": (1, 12), "BYMONTHDAY": (1, 31), "BYYEARDAY": (1, 366), "BYWEEKNO": (1, 53),
    "BYHOUR": (0, 23), "BYMINUTE": (0, 59), "BYSECOND": (0, 60), "BYSETPOS": (1, 366),
}  # fmt: skip


class NotUnderstood(Exception):
    pass


def starts(
    rule: str, start: datetime, until: Any, opens: datetime, closes: datetime
) -> Iterator[datetime]:
    """Wall-clock times without a zone within ``[opens, closes]``. ``until`` turns the rule's own end
    into such a time. Raises `NotUnderstood`, also when there are too many."""
    parts = _parts(rule)
    words: dict[str, Any] = {
        name.lower(): _numbers(name, parts[name]) for name in _NUMBERS if name in parts
    }
    if "BYDAY" in parts:
        words["byweekday"] = [_weekday(word) for word in parts["BYDAY"].split(",") if word.strip()]
        if not words["byweekday"]:
            raise NotUnderstood
    frequency = _FREQUENCIES.get(parts.get("FREQ", ""))
    if frequency is None:
        raise NotUnderstood
    interval = _whole(parts.get("INTERVAL", "1"))
    if parts.get("WKST", "MO") not in _DAYS:
        raise NotUnderstood
    last = min(until(parts["UNTIL"]), closes) if "UNTIL" in parts else closes
    count = _whole(parts["COUNT"]) if "COUNT" in parts else None
    if count is None:
        start = _nearer(frequency, interval, start, opens, words)
    if start > last:
        return
    try:
        made = rrule.rrule(
            frequency, start, interval, _DAYS.index(parts.get("WKST", "MO")), count, last, **words
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise NotUnderstood from error
    within = (time for time in made if time >= opens)
    times = list(islice(within, MOST_TIMES + 1))
    if len(times) > MOST_TIMES:
        raise NotUnderstood
    yield from times


def _nearer(
    frequency: int, interval: int, start: datetime, opens: datetime, words: dict[str, Any]
) -> datetime:
    """A start of the same series shortly before the window: nothing is counted from 1970."""
    if opens <= start:
        return start
    if frequency in _STEPS:
        step = _STEPS[frequency] * interval
        return start + step * max((opens - start) // step - 1, 0)
    # What the rule takes from its start is said, since the start moves.
    if not any(name in words for name in ("byweekno", "byyearday", "bymonthday", "byweekday")):
        words["bymonthday"] = start.day
        if frequency == 0 and "bymonth" not in words:
            words["bymonth"] = start.month
    months = interval * (12 if frequency == 0 else 1)
    passed = (opens.year - start.year) * 12 + opens.month - start.month
    turns = max(passed // months - 1, 0)
    if not turns:
        return start
    month = start.year * 12 + start.month - 1 + turns * months
    return start.replace(year=month // 12, month=month % 12 + 1, day=1)


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
    return found


def _weekday(word: str) -> Any:
    found = _DAY.fullmatch(word)
    if found is None:
        raise NotUnderstood
    day = getattr(rrule, found[2])
    if found[1] is None:
        return day
    if int(found[1]) == 0:
        raise NotUnderstood
    return day(int(found[1]))


def _whole(value: str) -> int:
    if not re.fullmatch(r"\d{1,6}", value, re.ASCII) or int(value) == 0:
        raise NotUnderstood
    return int(value)
