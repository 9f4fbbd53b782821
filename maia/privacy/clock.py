"""Whether a clock may be believed, before what is past its term is erased by it.

A clock that is wrong for seconds would erase everything for good. So it is held against what does
not hang from it: the last time that this was asked, the database server's own clock, and the
newest thing that somebody did.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from maia.accounts.models import User
from maia.appointments.models import HistoryEntry
from maia.patients.models import Patient
from maia.privacy.models import Housekeeping, JournalEntry

A_FEW_DAYS = timedelta(days=3)  # of workers that were off; more is for a person to judge
QUIET = timedelta(days=30)  # of a practice that is on holiday, and its workers are not
APART = timedelta(hours=1)  # two clocks that are both about right


def doubt(state: Housekeeping, now: datetime) -> Housekeeping.Stop | None:
    """Why ``now`` is not believed; None if it is."""
    if abs(now - database_clock(now)) > APART:
        return Housekeeping.Stop.DATABASE
    if state.done_at is not None:
        if now < state.done_at - APART:
            return Housekeeping.Stop.BEHIND
        if now - state.done_at > A_FEW_DAYS:
            return Housekeeping.Stop.GAP
    newest = max((at for at in (newest_row(), state.believed_at) if at), default=None)
    patience = A_FEW_DAYS if state.done_at is None else QUIET
    if newest is not None and now - newest > patience:
        return Housekeeping.Stop.ROWS
    return None


def in_words(stop: Housekeeping.Stop, state: Housekeeping, now: datetime) -> str:
    """For the operator: what was seen, and what to do."""
    says = f"This machine's clock says {_written(now)}"
    if stop == Housekeeping.Stop.DATABASE:
        seen = f"{says}, the database's {_written(database_clock(now))}."
    elif stop == Housekeeping.Stop.ROWS:
        newest = newest_row()
        seen = f"{says}, and the newest row is of {_written(newest) if newest else 'never'}."
    else:
        last = _written(state.done_at) if state.done_at else "never"
        seen = f"{says}, and housekeeping was last done {last}."
    return f"{seen} Nothing was erased. If this clock is right: maia housekeeping --believe-clock"


def database_clock(now: datetime) -> datetime:
    """PostgreSQL's own; SQLite has none but ours."""
    if connection.vendor != "postgresql":
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    answered: datetime = at
    return answered


def newest_row() -> datetime | None:
    """The last thing that a person did. What workers write bears the clock that is in question."""
    asked = (
        HistoryEntry.objects.aggregate(at=Max("at")),
        JournalEntry.objects.aggregate(at=Max("at")),
        Patient.objects.aggregate(at=Max("created_at")),
        User.objects.aggregate(at=Max("date_joined")),
        User.objects.aggregate(at=Max("last_login")),
    )
    return max((row["at"] for row in asked if row["at"] is not None), default=None)


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
