"""The dates that Maia knows. A year outside is a slip of the finger, and would end in an overflow
wherever it is read again."""

from datetime import date

FIRST_YEAR, LAST_YEAR = 1900, 2200


def is_in_bounds(day: date) -> bool:
    """A date, or an instant, of these years (rule 3.1)."""
    return FIRST_YEAR <= day.year <= LAST_YEAR
