"""When enough of a type is booked: so many a day, a week (rule 3.2). Weeks are ISO's, from Monday."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from maia.availability.weekly import monday_of


def full_dates(
    booked: Iterable[date],
    dates: Iterable[date],
    *,
    most_a_day: int | None,
    most_a_week: int | None,
) -> set[date]:
    """Those of ``dates`` that take no more. ``booked``: the local date of each that stands, of the
    whole weeks that ``dates`` touch."""
    days = Counter(booked)
    weeks: Counter[date] = Counter()
    for day, count in days.items():
        weeks[monday_of(day)] += count
    return {
        day
        for day in dates
        if (most_a_day is not None and days[day] >= most_a_day)
        or (most_a_week is not None and weeks[monday_of(day)] >= most_a_week)
    }
