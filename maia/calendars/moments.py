"""A time and a length as a calendar's file writes them (RFC 5545, sections 3.3.5 and 3.3.6), and as
programs write them that took ISO 8601 for it. What may mean two things is not understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from maia.calendars.lines import TZID
from maia.calendars.repeating import NotUnderstood
from maia.calendars.zones import instant_of, zone_named

# Times on somebody's wall. What lies outside is taken for the nearer one: *for ever* has many years.
_FARTHEST = datetime(2299, 12, 31)  # noqa: DTZ001
_EARLIEST = datetime(2, 1, 1)  # noqa: DTZ001
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?(?:(Z)|([+-]\d\d):?(\d\d))?)?",
    re.ASCII,
)
_DURATION = re.compile(
    r"([+-])?P(?=.*\d)(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_GLANCE = re.compile(r"((?:19|20)\d\d)(?:0[1-9]|1[0-2])[0-3]\d(?:T[0-2]\d[0-5]\d\d\dZ?)?", re.ASCII)
_SHORT = timedelta(days=300)


@dataclass(frozen=True)
class Moment:
    """A time as written: on the wall of ``zone``; a day if it has no hour."""

    wall: datetime
    zone: tzinfo
    is_day: bool
    is_sure: bool  # its zone is known

    @property
    def instant(self) -> datetime:
        return instant_of(self.wall, self.zone)


def moment_of(parameters: str, value: str, zone: tzinfo, names: Mapping[str, str]) -> Moment:
    """``names``: what the file says that its zones are called elsewhere. A time without a zone is
    ``zone``'s. Raises `NotUnderstood` or `ValueError`."""
    found = _TIME.fullmatch(value.strip().upper())
    if found is None:
        raise NotUnderstood
    year, month, day, hour, minute, second, utc, ahead, ahead_minutes = found.groups()
    wall = datetime(int(year), int(month), int(day))  # noqa: DTZ001  on somebody's wall
    wall = min(max(wall, _EARLIEST), _FARTHEST)
    if hour is None:
        return Moment(wall, zone, is_day=True, is_sure=True)
    if int(hour) > 24 or int(minute) > 59:
        raise NotUnderstood
    wall += timedelta(hours=int(hour), minutes=int(minute), seconds=min(int(second or 0), 59))
    if utc:
        return Moment(wall, UTC, is_day=False, is_sure=True)
    if ahead:
        east = timedelta(hours=int(ahead[1:]), minutes=int(ahead_minutes))
        fixed = timezone(-east if ahead[0] == "-" else east)
        return Moment(wall, fixed, is_day=False, is_sure=True)
    named = TZID.search(parameters)
    if named is None:
        return Moment(wall, zone, is_day=False, is_sure=True)
    known = zone_named(named[1])
    if known is None:
        known = zone_named(names.get(named[1].strip('"'), ""))
    return Moment(wall, known or zone, is_day=False, is_sure=known is not None)


def duration_of(value: str) -> timedelta:
    """Raises `NotUnderstood`, also for years and months, which have no one length."""
    found = _DURATION.fullmatch(value.strip().upper())
    if found is None:
        raise NotUnderstood
    sign, *numbers = found.groups()
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign == "-" else length


def year_at_a_glance(value: str) -> int:
    """Of a time in its plainest form; 0 for any other, which has to be read."""
    found = _GLANCE.fullmatch(value)
    return int(found[1]) if found else 0


def is_short(duration: str) -> bool:
    """Under a year, whatever its day."""
    try:
        return duration_of(duration) < _SHORT
    except (NotUnderstood, OverflowError):
        return False
