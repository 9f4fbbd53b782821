"""So many of something in so long: counted in the database, by whom it is about, whoever asks where.

What is taken is taken in one conditional update, so that a hundred at once are no more than one
after the other.
"""

import hashlib
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from maia.accounts.models import Allowance
from maia.accounts.waits import come, to_come


def take(key: str, most: int, per: timedelta, *, now: datetime, many: int = 1) -> bool:
    """``many`` more of ``key`` (``code:julie@…``): False, and nothing taken, if they would be more
    than ``most`` since the first of ``per``."""
    if many > most:
        return False
    row = Allowance.objects.filter(key=_digest(key))
    room = row.filter(taken__lte=most - many)
    if room.filter(to_come("until", now, per)).update(taken=F("taken") + many):
        return True
    if row.filter(come("until", now, per)).update(taken=many, until=now + per):
        return True
    # Of nobody yet, or full; or made by another in the meantime, with room left.
    made = {"taken": many, "until": now + per}
    if not row.exists() and Allowance.objects.get_or_create(key=_digest(key), defaults=made)[1]:
        return True
    return bool(room.filter(to_come("until", now, per)).update(taken=F("taken") + many))


def taken(key: str, per: timedelta, *, now: datetime) -> int:
    row = _row_of_now(key, per, now)
    return row.values_list("taken", flat=True).first() or 0


def ends_at(key: str, per: timedelta, *, now: datetime) -> datetime | None:
    """When it begins anew, if something of it is taken."""
    row = _row_of_now(key, per, now)
    return row.values_list("until", flat=True).first()


def is_used_up(key: str, most: int, per: timedelta, *, now: datetime) -> bool:
    return _row_of_now(key, per, now).filter(taken__gte=most).exists()


def give_back(key: str) -> None:
    """It was no misuse: a right code is no try."""
    Allowance.objects.filter(key=_digest(key), taken__gt=0).update(taken=F("taken") - 1)


def _row_of_now(key: str, per: timedelta, now: datetime) -> QuerySet[Allowance]:
    return Allowance.objects.filter(to_come("until", now, per), key=_digest(key))


def _digest(key: str) -> str:
    """Nobody's address stands in the table."""
    return hashlib.sha256(key.encode()).hexdigest()
