"""The slot rule a second time, minute by minute and as slow as it likes: what the heart must equal.

It shares no code with `maia.availability`: it looks at every minute of time, asks the wall clock
what time it is there, and counts.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
MAIN = 1
UNSAID = 0  # at the practice, and no site is named: the main one
SITES = (MAIN, 2, 3)


def naive_slots(
    *,
    hours: dict,
    first: date,
    last: date,
    zone: ZoneInfo,
    duration: int,
    step: int,
    before: int,
    after: int,
    busy: list[tuple[datetime, datetime, int, int, int | None]],
    closed: list[tuple[datetime, datetime]],
    now: datetime | None,
    notice: int,
    horizon: int,
    cutoff: int | None,
    notice_days: int,
    counted: list[datetime],
    a_day: int | None,
    a_week: int | None,
    fills: bool,
    only: set[int] | None,
    ways: dict[tuple[int, int], int],
    rooms: list[list[tuple[datetime, datetime]]],
) -> list[tuple[datetime, datetime]]:
    """``hours`` as `naive_ranges` takes them. All durations are minutes; ``step`` 0 is the duration and the larger buffer. ``now`` None means that notice and horizon do not apply.
    The last of ``busy`` is the site where it is, or `UNSAID`; None: it is at none; ``ways`` are minutes from one to another, both ways."""
    step = step or duration + max(before, after)
    away: set[datetime] = set()
    for start, end in closed:
        at = start
        while at < end:
            away.add(at)
            at += MINUTE
    in_use: list[set[datetime]] = [set() for _room in rooms]
    for minutes_of, spans in zip(in_use, rooms, strict=True):
        for start, end in spans:
            at = start
            while at < end:
                minutes_of.add(at)
                at += MINUTE
    if in_use:
        for at in in_use[0]:
            if all(at in minutes_of for minutes_of in in_use):
                away.add(at)
    blocked: dict[int, set[datetime]] = {site: set(away) for site in SITES}
    for site in SITES:
        for start, end, busy_before, busy_after, there in busy:
            way = ways.get((MAIN if there == UNSAID else there, site), 0)
            at = start - MINUTE * max(busy_before, after, way)
            while at < end + MINUTE * max(busy_after, before, way):
                blocked[site].add(at)
                at += MINUTE

    free: dict[date, list[datetime]] = {}
    at = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(hours=14)
    stop = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(hours=38)
    while at < stop:
        local = at.astimezone(zone)
        clock = local.hour * 60 + local.minute
        day = local.date()
        if first <= day <= last and at not in blocked[naive_site(hours, day)]:
            if any(opens <= clock < closes for opens, closes in naive_ranges(hours, day)):
                free.setdefault(day, []).append(at)
        at += MINUTE

    begins = None
    if now is not None:
        today = now.astimezone(zone).date()
        at = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(hours=14)
        for _minute in range(52 * 60):
            local = at.astimezone(zone)
            clock = local.hour * 60 + local.minute
            ranges = naive_ranges(hours, today)
            if local.date() == today and any(opens <= clock < closes for opens, closes in ranges):
                begins = at
                break
            at += MINUTE

    slots = []
    for day, minutes in sorted(free.items()):
        if _is_full(day, zone, counted, a_day, a_week):
            continue
        if only is not None and naive_site(hours, day) not in only:
            continue
        i, of_day, beside = 0, [], []
        while i < len(minutes):
            j = i
            while j + 1 < len(minutes) and minutes[j + 1] - minutes[j] == MINUTE:
                j += 1
            run_end = minutes[j] + MINUTE
            start = minutes[i]
            while start + MINUTE * duration <= run_end:
                if _in_one_room(start, duration, in_use) and (
                    now is None
                    or _bookable(
                        start, day, now, zone, notice, horizon, cutoff, begins, notice_days
                    )
                ):
                    slot = (start, start + MINUTE * duration)
                    of_day.append(slot)
                    if minutes[i] in slot or run_end in slot:
                        beside.append(slot)
                start += MINUTE * step
            i = j + 1
        slots += beside if fills and now is not None and beside else of_day
    return slots


def _in_one_room(start, duration, in_use) -> bool:
    """Whether she can stay in one room from the first minute to the last; of no rooms she needs none."""
    lasting = [start + MINUTE * n for n in range(duration)]
    return not in_use or any(not any(m in taken for m in lasting) for taken in in_use)


def _is_full(day, zone, counted, a_day, a_week) -> bool:
    """``counted``: the starts of those of the type that stand. A week has one name: its year and number."""
    same_day = same_week = 0
    for start in counted:
        local = start.astimezone(zone)
        same_day += local.strftime("%F") == day.strftime("%F")
        same_week += local.strftime("%G-%V") == day.strftime("%G-%V")
    full_day = a_day is not None and not same_day < a_day
    return full_day or (a_week is not None and not same_week < a_week)


def naive_ranges(hours: dict, day: date) -> list[tuple[int, int]]:
    """What she works, for herself and for others. ``hours``: as `_ranges_of_hers` takes them, and
    ``hers``: whether the type is hers; ``handed``: first and last dates of who replaces her; ``taken``:
    of those whom she replaces, with their hours, or None for her own."""
    works_for_others = []
    for first, last in hours["handed"]:
        if not (day < first or day > last):
            return []
    for first, last, theirs in hours["taken"]:
        if first <= day <= last:
            works_for_others += _ranges_of_hers(hours if theirs is None else theirs, day)
    return works_for_others + (_ranges_of_hers(hours, day) if hours["hers"] else [])


def _ranges_of_hers(hours: dict, day: date) -> list[tuple[int, int]]:
    """``hours``: ``special`` (ranges by date), ``holidays``, ``periods`` (first, last or None, weeks,
    counted), ``weeks`` and ``counted``: None, a Monday, or *number*. A week is ranges by weekday."""
    if day in hours["special"]:
        return hours["special"][day]
    if day in hours["holidays"]:
        return []
    weeks, counted = hours["weeks"], hours["counted"]
    for first, last, its_weeks, its_counted in hours["periods"]:
        if not (day < first or (last is not None and day > last)):
            weeks, counted = its_weeks, its_counted
    week = 0
    if counted == "number":
        week = 0 if int(day.strftime("%V")) in range(1, 54, 2) else 1
    elif counted is not None:
        monday = day
        while monday.strftime("%a") != "Mon":
            monday -= timedelta(days=1)
        while monday < counted:
            monday += timedelta(weeks=len(weeks))
        while monday > counted:
            monday -= timedelta(weeks=1)
            week = (week + 1) % len(weeks)
        while monday < counted:
            monday += timedelta(weeks=1)
            week = (week - 1) % len(weeks)
    return weeks[week].get(day.weekday(), [])


def site_of_line(ranges: list[tuple[int, int]]) -> int:
    """Where a line of hours is: any rule does that leaves it the same each time."""
    return SITES[ranges[0][1] % len(SITES)] if ranges else MAIN


def naive_site(hours: dict, day: date) -> int:
    """Where she is: at the site of her own line if she works by it, else of the first whom she replaces."""
    others = [theirs for first, last, theirs in hours["taken"] if first <= day <= last]
    if hours["hers"] or None in others:
        others.insert(0, hours)
    for whose in others:
        if whose is not None and _ranges_of_hers(whose, day):
            return site_of_line(_ranges_of_hers(whose, day))
    return MAIN


def _bookable(start, day, now, zone, notice, horizon, cutoff, begins, notice_days) -> bool:
    local_now = now.astimezone(zone)
    days_ahead = (day - local_now.date()).days
    if start < now + MINUTE * notice or days_ahead < 0 or days_ahead > horizon:
        return False
    while notice_days:  # days that are still to go over, from today on
        notice_days -= 1
        if days_ahead == notice_days:
            return False
    evening = cutoff is not None and local_now.hour * 60 + local_now.minute >= cutoff
    night = cutoff is not None and begins is not None and now < begins
    return not (evening and days_ahead == 1) and not (night and days_ahead == 0)
