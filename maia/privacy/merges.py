"""Merges of records, and the line that each leaves in the journal, with both names."""

from datetime import datetime

from django.db import transaction

from maia.patients.merging import merge_patients
from maia.patients.models import Merge, Patient
from maia.patients.unmerging import Undone, undo_merge
from maia.practices.seats import Seat
from maia.privacy.journal import Act, note
from maia.privacy.models import JournalEntry

_NAME = 95  # characters of each, so that both stand in a line


def merge_records(
    seat: Seat, kept: Patient, other: Patient, *, now: datetime, agreed: bool = False
) -> Merge:
    """Raises `CannotMerge`."""
    names = _both(kept, other)
    with transaction.atomic():
        merge = merge_patients(kept, other, now=now, agreed=agreed)
        note(Act.MERGED, seat, now=now, patient=kept, detail=names)
    return merge


def undo_merge_of(seat: Seat, kept: Patient, merge_pk: int, *, now: datetime) -> Undone:
    """Raises `CannotUndo`. One line, which is of both records."""
    with transaction.atomic():
        undone = undo_merge(kept, merge_pk, now=now)
        kept, other = undone.kept, undone.other
        lines = JournalEntry.objects.filter(patient=kept, act=Act.MERGED, at=undone.merged_at)
        lines.update(other=other)
        names = _both(kept, other)
        note(Act.UNMERGED, seat, now=now, patient=kept, other=other, detail=names)
    return undone


def _both(kept: Patient, other: Patient) -> str:
    return f"{kept.name[:_NAME]} ← {other.name[:_NAME]}"
