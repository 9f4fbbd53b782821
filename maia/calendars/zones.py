"""The zone that a calendar's file names. What a file says about a zone itself is never believed."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

_UTC = {
    "utc", "z", "gmt", "zulu", "etc/utc", "etc/gmt", "universal", "coordinated universal time",
    "temps universel coordonné", "utc+0", "utc-0", "tzone://microsoft/utc", "greenwich",
}  # fmt: skip
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?")
_PREFIX = re.compile(r"\((?:utc|gmt)\s*([+-]\d{1,2}:?\d{2})?\)\s*")
_MICROSOFT = {  # as Windows shows them, where no city says it
    "eastern time (us & canada)": "America/New_York",
    "central time (us & canada)": "America/Chicago",
    "mountain time (us & canada)": "America/Denver",
    "pacific time (us & canada)": "America/Los_Angeles",
    "atlantic time (canada)": "America/Halifax",
}


def instant_of(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def zone_named(name: str) -> tzinfo | None:
    """IANA's names, also behind a prefix; those of Windows; UTC in its spellings; a bare offset; a
    list of cities as Outlook shows it. None: nobody knows."""
    name = re.sub(r"\s+", " ", name.strip().strip('"').replace("\\,", ",").strip()).casefold()
    return _known(name[:200])


@cache
def _known(name: str) -> tzinfo | None:
    if name in _UTC:
        return UTC
    found = _iana().get(name) or _windows().get(name) or _windows().get(f"{name} standard time")
    found = found or _windows().get(re.sub(r" \d+$", "", name)) or _MICROSOFT.get(name)
    if found is not None:
        return ZoneInfo(found)
    parts = name.split("/")
    for count in (3, 2):  # America/Argentina/Buenos_Aires before Europe/Paris
        tail = "/".join(parts[-count:])
        if len(parts) > count and tail in _iana():
            return ZoneInfo(_iana()[tail])
    if len(parts) > 2 and parts[-1] in _UTC:
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        return _offset(offset)
    return _by_cities(name)


def _by_cities(name: str) -> tzinfo | None:
    """``(UTC+01:00) Brussels, Copenhagen, Madrid, Paris``: the first city with that offset."""
    prefix = _PREFIX.match(name)
    rest = name[prefix.end() :] if prefix else name
    if rest in _UTC:
        return UTC
    if rest in _MICROSOFT:
        return ZoneInfo(_MICROSOFT[rest])
    if rest in _windows():
        return ZoneInfo(_windows()[rest])
    cities = [city.strip() for city in rest.split(":")[-1].split(",")]
    if prefix is None and len(cities) < 2:
        return None  # a word that is also a city's is no zone
    for city in cities:
        if city in _cities():
            return ZoneInfo(_cities()[city])
    return None


def _offset(found: re.Match[str]) -> tzinfo | None:
    sign, hours, minutes = found.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-span if sign == "-" else span) if span < timedelta(hours=15) else None


@cache
def _iana() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> dict[str, str]:
    """CLDR's table."""
    table = get_global("windows_zone_mapping")
    return {str(windows).casefold(): str(iana) for windows, iana in table.items()}


@cache
def _cities() -> dict[str, str]:
    """Of IANA's names, in English and in French."""
    known: dict[str, str] = {"bern": "Europe/Zurich", "berne": "Europe/Zurich"}
    known |= {"edinburgh": "Europe/London", "édimbourg": "Europe/London"}
    for name in sorted(available_timezones()):
        if "/" in name and not name.startswith(("Etc/", "SystemV/")):
            known.setdefault(name.rsplit("/", 1)[1].replace("_", " ").casefold(), name)
    for name, words in Locale("fr").time_zones.items():
        if "city" in words and name in available_timezones():
            known.setdefault(str(words["city"]).casefold(), name)
    return known
