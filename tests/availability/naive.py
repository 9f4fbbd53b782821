"""The slot rule a second time, minute by minute and as slow as it likes: what the heart must equal.

It shares no code with `maia.availability`: it looks at every minute of time, asks the wall clock
what time it is there, and counts.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def naive_slots(
    *,
    lines: dict[int, list[tuple[int, int]]],
    first: date,
    last: date,
    zone: ZoneInfo,
    duration: int,
    step: int,
    before: int,
    after: int,
    busy: list[tuple[datetime, datetime, int, int]],
    closed: list[tuple[datetime, datetime]],
    now: datetime | None,
    notice: int,
    horizon: int,
    cutoff: int | None,
) -> list[tuple[datetime, datetime]]:
    """All durations are minutes; ``step`` 0 is the duration and the larger buffer. ``now`` None means that notice and horizon do not apply."""
    step = step or duration + max(before, after)
    blocked: set[datetime] = set()
    for start, end, busy_before, busy_after in busy:
        at = start - MINUTE * max(busy_before, after)
        while at < end + MINUTE * max(busy_after, before):
            blocked.add(at)
            at += MINUTE
    for start, end in closed:
        at = start
        while at < end:
            blocked.add(at)
            at += MINUTE

    free: dict[date, list[datetime]] = {}
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=14)
    stop = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(hours=38)
    while at < stop:
        local = at.astimezone(zone)
        clock = local.hour * 60 + local.minute
        day = local.date()
        if first <= day <= last and at not in blocked:
            if any(opens <= clock < closes for opens, closes in lines.get(day.weekday(), [])):
                free.setdefault(day, []).append(at)
        at += MINUTE

    begins = None
    if now is not None:
        today = now.astimezone(zone).date()
        at = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(hours=14)
        for _minute in range(52 * 60):
            local = at.astimezone(zone)
            clock = local.hour * 60 + local.minute
            hours = lines.get(today.weekday(), [])
            if local.date() == today and any(opens <= clock < closes for opens, closes in hours):
                begins = at
                break
            at += MINUTE

    slots = []
    for day, minutes in sorted(free.items()):
        i = 0
        while i < len(minutes):
            j = i
            while j + 1 < len(minutes) and minutes[j + 1] - minutes[j] == MINUTE:
                j += 1
            run_end = minutes[j] + MINUTE
            start = minutes[i]
            while start + MINUTE * duration <= run_end:
                if now is None or _bookable(start, day, now, zone, notice, horizon, cutoff, begins):
                    slots.append((start, start + MINUTE * duration))
                start += MINUTE * step
            i = j + 1
    return slots


def _bookable(start, day, now, zone, notice, horizon, cutoff, begins) -> bool:
    local_now = now.astimezone(zone)
    days_ahead = (day - local_now.date()).days
    if start < now + MINUTE * notice or days_ahead < 0 or days_ahead > horizon:
        return False
    evening = cutoff is not None and local_now.hour * 60 + local_now.minute >= cutoff
    night = cutoff is not None and begins is not None and now < begins
    return not (evening and days_ahead == 1) and not (night and days_ahead == 0)
