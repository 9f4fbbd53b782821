"""Dates in words, as they are said: "jeudi 3 décembre 2026", "1er janvier"."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language


def long_date(day: date) -> str:
    """Weekday, day, month and year. A datetime is read as it is: give it in local time."""
    return f"{date_format(day, 'l')} {_day(day)} {date_format(day, 'F Y')}"


def weekday_date(day: date) -> str:
    """Weekday, day and month: for days that are near."""
    return f"{date_format(day, 'l')} {day_month(day)}"


def day_month(day: date) -> str:
    return f"{_day(day)} {date_format(day, 'F')}"


def _day(day: date) -> str:
    french = (get_language() or "").startswith("fr")
    return "1er" if day.day == 1 and french else str(day.day)
