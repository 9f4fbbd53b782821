"""Writing down who saw and changed what, for the practice to read."""

from datetime import datetime, timedelta

from maia.accounts.models import User
from maia.patients.models import Patient, PatientImport
from maia.practices.seats import Seat
from maia.privacy.models import JournalEntry

Act = JournalEntry.Act
SAME_LOOK = timedelta(minutes=30)  # a record opened again and again is one look


def note(
    act: JournalEntry.Act,
    seat: Seat,
    *,
    now: datetime,
    patient: Patient | None = None,
    detail: str = "",
) -> None:
    """``detail`` names what was touched: fields, a type, a role. Nothing of a patient."""
    practice, user = seat.practice, seat.user
    if act in (Act.OPENED, Act.ALL_EXPORTED):  # a list is read page by page
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


def note_import(
    act: JournalEntry.Act, importing: PatientImport, by: User | None, *, now: datetime
) -> None:
    """What a worker did for her who asked: how many records, not which."""
    counts = importing.counts.get("undone", importing.counts)
    JournalEntry.objects.create(
        practice=importing.practice,
        at=now,
        user=by,
        who=by.email if by else "",
        act=act,
        detail=", ".join(f"{name}: {count}" for name, count in counts.items() if count)[:200],
    )


def follow_merge(kept: Patient, other: Patient) -> None:
    """What was done to the record that goes stays readable at the one that stays."""
    JournalEntry.objects.filter(patient=other).update(patient=kept)
