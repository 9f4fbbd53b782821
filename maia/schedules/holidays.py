"""Public holidays of a practice's country and region, from the `holidays` library."""

from datetime import date
from functools import lru_cache

import holidays

from maia.practices.models import Practice


def public_holidays(practice: Practice, first: date, last: date) -> set[date]:
    """The local dates from ``first`` to ``last``, both included, that are public holidays."""
    return {
        day
        for year in range(first.year, last.year + 1)
        for day in _year(practice.country, practice.holiday_region, year)
        if first <= day <= last
    }


@lru_cache(maxsize=256)
def _year(country: str, region: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError:
        # A region that the library no longer knows has its country's days. A country that it does
        # not know closes nothing.
        return _year(country, "", year) if region else frozenset()
