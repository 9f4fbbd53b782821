"""Whatever waits for a moment waits no longer than its own longest wait.

A clock that was wrong for seconds writes moments of 2061, and what they stand for would sleep until
then. So nobody asks only whether a moment has come: one that lies farther ahead than it can ever
have been meant was written by such a clock, and has come as well.
"""

from datetime import datetime, timedelta

from django.db.models import Q

APART = timedelta(minutes=15)  # two machines' clocks that are both about right


class NotBelieved(Exception):
    """This process's clock leapt, or is not the database server's. ``at``: the time as far as it can
    be reckoned without it."""

    def __init__(self, code: str, at: datetime) -> None:
        super().__init__(code)
        self.code, self.at = code, at


def has_come(at: datetime, now: datetime, longest: timedelta) -> bool:
    """``longest``: how far ahead ``at`` can have been set."""
    return at <= now or at > now + longest + APART


def come(field: str, now: datetime, longest: timedelta) -> Q:
    """The same, of a column."""
    return Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + longest + APART})


def to_come(field: str, now: datetime, longest: timedelta) -> Q:
    """The contrary of `come`; of a column that is not null."""
    return Q(**{f"{field}__gt": now, f"{field}__lte": now + longest + APART})
