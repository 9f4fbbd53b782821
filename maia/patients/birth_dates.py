"""Birth dates as people and other programs write them. A day of the calendar: it has no zone."""

import re
from datetime import date

EARLIEST = date(1900, 1, 1)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
# What a spreadsheet adds to a day: midnight, in several ways.
_TIME = re.compile(r"[ T]+\d{1,2}[:h]\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?$")


def parse_birth_date(text: str, today: date) -> date | None:
    """``07/03/1991``, ``7.3.91``, ``07031991``, ``1991-03-07 00:00``; the day before the month.

    None for what is no day between 1900 and ``today``. Two digits of a year are the latest year
    that is not ahead.
    """
    text = _TIME.sub("", text.strip()[:40])
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        if year < 100:
            year += (
                2000 if (2000 + year, month, day) <= (today.year, today.month, today.day) else 1900
            )
    else:
        return None
    try:
        birth = date(year, month, day)
    except ValueError:
        return None
    return birth if EARLIEST <= birth <= today else None
