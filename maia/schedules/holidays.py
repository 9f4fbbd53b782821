"""Public holidays of a practice's country and region, from the `holidays` library."""

from datetime import date
from functools import lru_cache

import holidays

from maia.practices.models import Practice

_LANGUAGES = {"en": "en_US"}  # as the library calls ours


def public_holidays(practice: Practice, first: date, last: date) -> set[date]:
    """The local dates from ``first`` to ``last``, both included, that are public holidays."""
    return set(holiday_names(practice, first, last))


def holiday_names(
    practice: Practice, first: date, last: date, language: str = ""
) -> dict[date, str]:
    """Those dates with the holiday's name; in ``language``, or the country's own where the library
    does not have it in that one."""
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in _year(practice.country, practice.holiday_region, year, language).items()
        if first <= day <= last
    }


@lru_cache(maxsize=256)
def _year(country: str, region: str, year: int, language: str) -> dict[date, str]:
    words = _LANGUAGES.get(language, language) or None
    try:
        days = holidays.country_holidays(country, subdiv=region or None, years=year, language=words)
        return {day: name.replace("'", "’") for day, name in days.items()}
    except NotImplementedError:
        # A region that the library no longer knows has its country's days. A country that it does
        # not know closes nothing.
        return _year(country, "", year, language) if region else {}
