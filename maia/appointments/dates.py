"""Dates in words, as they are said: "jeudi 3 décembre 2026", "1er janvier"."""

from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def long_date(day: date) -> str:
    """Weekday, day, month and year. A datetime is read as it is: give it in local time."""
    return f"{date_format(day, 'l')} {_day(day)} {date_format(day, 'F Y')}"


def weekday_date(day: date) -> str:
    """Weekday, day and month: for days that are near."""
    return f"{date_format(day, 'l')} {day_month(day)}"


def day_month(day: date) -> str:
    return f"{_day(day)} {date_format(day, 'F')}"


def days_between(first: date, last: date) -> str:
    """From one day to a later one; what both share is said once."""
    start, end = _day(first), f"{_day(last)} {date_format(last, 'F Y')}"
    if first.year != last.year:
        start = f"{day_month(first)} {first.year}"
    elif first.month != last.month:
        start = day_month(first)
    return _("From %(first)s to %(last)s") % {"first": start, "last": end}


def clock(moment: datetime) -> str:
    """A local time, ``09:00``; of an hour that the night of a clock change has twice, which one."""
    time = date_format(moment, "H:i")
    if moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset():
        return time
    words = _("%(time)s (summer time)") if moment.dst() else _("%(time)s (winter time)")
    return words % {"time": time}


def hours(start: datetime, end: datetime) -> str:
    """``09:00 – 12:00``: hours from and to are written so wherever they stand."""
    return f"{clock(start)} – {clock(end)}"


def span(start: datetime, end: datetime) -> str:
    """From one to the other, both local; whole days are told without their midnights."""
    midnight = time.min
    if start.time() == end.time() == midnight:
        last = (end - timedelta(days=1)).date()
        if last == start.date():
            return long_date(start)
        return _("from %(first)s to %(last)s") % {
            "first": long_date(start),
            "last": long_date(last),
        }
    if start.date() == end.date():
        return f"{long_date(start)}, {hours(start, end)}"
    return f"{long_date(start)}, {clock(start)} – {long_date(end)}, {clock(end)}"


def _day(day: date) -> str:
    french = (get_language() or "").startswith("fr")
    return "1er" if day.day == 1 and french else str(day.day)
