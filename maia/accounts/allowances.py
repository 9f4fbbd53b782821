"""So many of something in so long: counted in the database, by whom it is about, whoever asks where.

What is taken is taken in one conditional update, so that a hundred at once are no more than one
after the other.
"""

import hashlib
from datetime import datetime, timedelta

from django.db.models import F

from maia.accounts.models import Allowance


def take(key: str, most: int, per: timedelta, *, now: datetime) -> bool:
    """One more of ``key`` (``code:julie@…``): False if ``most`` were taken since the first of ``per``."""
    row = Allowance.objects.filter(key=_digest(key))
    if row.filter(until__gt=now, taken__lt=most).update(taken=F("taken") + 1):
        return True
    if row.filter(until__lte=now).update(taken=1, until=now + per):
        return True
    if row.exists():
        return False
    made = {"taken": 1, "until": now + per}
    return Allowance.objects.get_or_create(key=_digest(key), defaults=made)[1] or bool(
        row.filter(taken__lt=most).update(taken=F("taken") + 1)
    )


def is_used_up(key: str, most: int, *, now: datetime) -> bool:
    return Allowance.objects.filter(key=_digest(key), until__gt=now, taken__gte=most).exists()


def give_back(key: str) -> None:
    """It was no misuse: a right code is no try."""
    Allowance.objects.filter(key=_digest(key), taken__gt=0).update(taken=F("taken") - 1)


def _digest(key: str) -> str:
    """Nobody's address stands in the table."""
    return hashlib.sha256(key.encode()).hexdigest()
