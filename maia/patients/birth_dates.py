"""Birth dates as people and other programs write them. A day of the calendar: it has no zone."""

import re
from datetime import date

from maia.patients.text import folded

EARLIEST = date(1900, 1, 1)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_DIGITS_YEAR_FIRST = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_NAMED = re.compile(r"(\d{1,2})(?:er)?[-/. ]+([^\W\d_]{3,9})\.?[-/. ,]+(\d{4}|\d{2})")
_SEVERAL_WORDS = re.compile(
    r"(?<!\d)\d{1,2}(?:er)?[-/. ]+(?:\d{1,2}|[^\W\d_]{3,9}\.?)[-/. ,]+(?:\d{4}|\d{2})(?!\d)"
)
_MONTHS = [
    ("janv", "jan"), ("fev", "feb"), ("mar",), ("avr", "apr"), ("mai", "may"), ("juin", "jun"),
    ("juil", "jul"), ("aou", "aug"), ("sep",), ("oct",), ("nov",), ("dec",),
]  # fmt: skip
# What a spreadsheet adds to a day: midnight, in several ways.
_TIME = re.compile(r"[ T]+\d{1,2}[:h]\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?$")


def is_birth_date(day: date, today: date) -> bool:
    """Whether somebody who lives may be born on it."""
    return EARLIEST <= day <= today


def parse_birth_date(text: str, today: date) -> date | None:
    """``07/03/1991``, ``7.3.91``, ``07031991``, ``1991-03-07 00:00``, ``7 mars 1991``; the day before
    the month.

    None for what is no day between 1900 and ``today``. Two digits of a year are the latest year
    that is not ahead.
    """
    text = _TIME.sub("", text.strip()[:40])
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        if month > 12 and (other := _DIGITS_YEAR_FIRST.fullmatch(text)):
            year, month, day = (int(part) for part in other.groups())
    elif match := _NAMED.fullmatch(text):
        day, month, year = int(match[1]), _month_called(match[2]), int(match[3])
    else:
        return None
    if year < 100:
        ahead = (2000 + year, month, day) > (today.year, today.month, today.day)
        year += 1900 if ahead else 2000
    try:
        birth = date(year, month, day)
    except ValueError:
        return None
    return birth if is_birth_date(birth, today) else None


def take_birth_date(text: str, today: date) -> tuple[date | None, str]:
    """A birth date of several words among others, ``petit 12 mars 1991``, and what is left of them."""
    for match in _SEVERAL_WORDS.finditer(text):
        if birth_date := parse_birth_date(match[0], today):
            return birth_date, text[: match.start()] + " " + text[match.end() :]
    return None, text


def _month_called(name: str) -> int:
    """1-12; 0 for a word that is no month in French or English."""
    plain = folded(name)
    return next((at for at, known in enumerate(_MONTHS, 1) if plain.startswith(known)), 0)
