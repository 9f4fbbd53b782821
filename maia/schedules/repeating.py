"""Time that comes back: every week, every other week, every month, until a date (RFC 5545).

Written out as dated spans, so that each can be dropped or moved alone and the database guards each.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule

LONGEST = timedelta(days=731)  # ahead: as far as a booking horizon goes, and a day


class Repeat(StrEnum):
    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


_RULES = {
    Repeat.WEEKLY: (WEEKLY, 1),
    Repeat.FORTNIGHTLY: (WEEKLY, 2),
    Repeat.MONTHLY: (MONTHLY, 1),
}


def spans(
    start: datetime, end: datetime, repeat: Repeat, until: date | None, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """UTC instants of each span, the first included, up to the local date ``until`` included.

    ``start`` and ``end`` are wall-clock times without zone, and keep their wall-clock meaning
    across clock changes. A month without that day is skipped.
    """
    if repeat == Repeat.NEVER:
        dates = [start]
    else:
        frequency, interval = _RULES[repeat]
        last = min(until or start.date(), start.date() + LONGEST)
        stop = datetime.combine(last, time.max)
        dates = list(rrule(frequency, dtstart=start, interval=interval, until=stop))
    for each in dates:
        opened = each.replace(tzinfo=zone).astimezone(UTC)
        closed = (each + (end - start)).replace(tzinfo=zone).astimezone(UTC)
        if opened < closed:
            yield opened, closed
