"""The dates that Maia knows. A year outside is a slip of the finger, and would end in an overflow
wherever it is read again."""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 2200
REACH = timedelta(days=3653)  # of an agenda, from today: ten years back and ahead
GRACE = timedelta(days=2)  # an instant's date in a zone, and the midnight that ends it


def is_in_bounds(day: date) -> bool:
    """A date, or an instant, of these years (rule 3.1)."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def is_within_reach(day: date, today: date) -> bool:
    """Whether something may stand in an agenda on ``day``: a year typed wrong is far from today."""
    return abs(day - today) <= REACH
