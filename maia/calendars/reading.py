"""The time that somebody else's calendar file takes, within bounds that it does not choose."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from maia.appointments.ics import OURS
from maia.availability.intervals import Interval, merge

MOST_BYTES = 2_000_000
MOST_EVENTS, MOST_TIMES, MOST_SECONDS = 5_000, 10_000, 10.0
# More than once a day is nobody's working week, and could be every second for ever.
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_WITHIN_A_DAY = ("BYSECOND", "BYMINUTE", "BYHOUR")


class Unreadable(Exception):
    """``code``: ``not_a_calendar``, or ``too_many`` events."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def busy_times(content: bytes, zone: ZoneInfo, opens: datetime, closes: datetime) -> list[Interval]:
    """What it takes of ``[opens, closes)``, as merged UTC intervals.

    An event that its owner marked as free takes nothing, nor does a cancelled one, nor one of
    Maia's own that comes back. A date, or a time without a zone, is the practice's ``zone``.
    Raises `Unreadable`.
    """
    try:
        calendar: Any = Calendar.from_ical(content)
    except Exception as error:  # the library has no error of its own
        raise Unreadable("not_a_calendar") from error
    if calendar.name != "VCALENDAR":
        raise Unreadable("not_a_calendar")
    _refuse_bombs(calendar)
    try:
        events = recurring_ical_events.of(calendar, skip_bad_series=True)
        return merge(_times(events, zone, opens, closes))
    except Unreadable:
        raise
    except Exception as error:  # dates that do not exist, rules that contradict themselves
        raise Unreadable("not_a_calendar") from error


def _times(events: Any, zone: ZoneInfo, opens: datetime, closes: datetime) -> Iterator[Interval]:
    """A month at a time, to stop soon where there is too much. An event over two comes twice."""
    started, seen, month = time.monotonic(), 0, opens
    while month < closes:
        following = min(month + timedelta(days=31), closes)
        for event in events.between(month, following):
            seen += 1
            start, end = _span(event, zone)
            start, end = max(start, opens), min(end, closes)
            if start < end and _takes_time(event):
                yield Interval(start, end)
        if seen > MOST_TIMES or time.monotonic() - started > MOST_SECONDS:
            raise Unreadable("too_many")
        month = following


def _refuse_bombs(calendar: Any) -> None:
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise Unreadable("too_many")
    for event in events:
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if {str(word).upper() for word in rule.get("FREQ", [])} & _TOO_OFTEN:
                raise Unreadable("too_many")
            if any(len(rule.get(part, [])) > 1 for part in _WITHIN_A_DAY):
                raise Unreadable("too_many")


def _takes_time(event: Any) -> bool:
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
    free |= str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not (free or cancelled or str(event.get("UID", "")).endswith(OURS))


def _span(event: Any, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start + event["DURATION"].dt
    else:
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    return _instant(start, zone), _instant(end, zone)


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)
