"""Writing down who saw and changed what, for the practice to read."""

from datetime import datetime, timedelta

from maia.accounts.models import User
from maia.patients.models import Patient
from maia.practices.models import Practice
from maia.privacy.models import JournalEntry

Act = JournalEntry.Act
SAME_LOOK = timedelta(minutes=30)  # a record opened again and again is one look


def note(
    act: JournalEntry.Act,
    practice: Practice,
    user: User,
    *,
    now: datetime,
    patient: Patient | None = None,
    detail: str = "",
) -> None:
    """``detail`` names fields or pages; it never holds a value that somebody typed."""
    if act == Act.OPENED:
        lately = JournalEntry.objects.filter(practice=practice, at__gt=now - SAME_LOOK)
        if lately.filter(act=act, user=user, patient=patient).exists():
            return
    JournalEntry.objects.create(
        practice=practice,
        at=now,
        user=user,
        who=user.email,
        act=act,
        patient=patient,
        detail=detail[:200],
    )
