"""A merge taken back within the day: the other record is as it was, and has its rows again.

What somebody has changed since stays as it is, and is named. What was added since stays with the
record that was kept, but for what the other's account did itself.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from maia.accounts.models import User
from maia.patients.batches import in_batches
from maia.patients.import_models import KEPT, ImportedRecord, PatientImport
from maia.patients.merging import as_stored, relations
from maia.patients.models import Merge, Patient


class CannotUndo(Exception):
    """``code``: gone (undone already, its day is over, or the record has gone), erased, newer
    (another merge into the same record comes first), too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Undone:
    """``stays``: what the fields are called that somebody has changed since."""

    kept: Patient
    other: Patient
    merged_at: datetime
    stays: list[str]


def last_merge(record: Patient, now: datetime) -> Merge | None:
    """The one that could be undone: those before it come after it."""
    merges = Merge.objects.filter(kept=record, at__gt=now - KEPT)
    last: Merge | None = merges.order_by("-at", "-pk").first()
    return last


def undo_merge(kept: Patient, merge_pk: int, *, now: datetime) -> Undone:
    """Once: of two who ask, the second is told `gone`. Raises `CannotUndo`."""
    with transaction.atomic():
        # 1. The record is held first, as by whoever merges or erases, and asked again.
        held = Patient.objects.select_for_update().filter(pk=kept.pk).first()
        merge = _may_be_undone(held, merge_pk, now)
        kept = merge.kept = held  # type: ignore[assignment]
        # 2. The kept record says again what it said.
        stays = what_stays(kept, merge)
        account = whose_account(kept, merge)
        _say_again(kept, merge, account)
        # 3. The other comes back, with its own number.
        other = _bring_back(merge, account)
        # 4. So do its rows: those that are still there.
        for label, relation in relations().items():
            for pks in in_batches(merge.way_back["moved"].get(label, [])):
                _give_back(relation, pks, kept, other)
        _open_again(merge, other)
        if account is not None:
            _give_back_what_it_booked(account, merge, kept, other)
        merge.delete()
    return Undone(kept, other, merge.at, stays)


def what_stays(kept: Patient, merge: Merge) -> list[str]:
    """What the fields are called that the merge changed, and somebody else after it."""
    before, after, now = merge.way_back["kept"], merge.way_back["after"], as_stored(kept)
    return [
        str(field.verbose_name)
        for field in _shown_fields()
        if before[field.attname] != after[field.attname] != now[field.attname]
    ]


def whose_account(kept: Patient, merge: Merge) -> User | None:
    """The account that goes with the other record: its own, if it is still the kept one's; and one
    that came since, by the other's address."""
    user, way_back = kept.user, merge.way_back
    if user is None or user.pk == way_back["kept"]["user_id"]:
        return None
    if user.pk == way_back["other"]["user_id"]:
        return user
    own, others = way_back["kept"]["email"], way_back["other"]["email"]
    came_by_it = user.has_verified(others) and not user.has_verified(own)
    return user if came_by_it and _is_as_merged(kept, merge, "email") else None


def _may_be_undone(held: Patient | None, merge_pk: int, now: datetime) -> Merge:
    if held is None:
        raise CannotUndo("gone")
    if held.erased_at is not None:
        raise CannotUndo("erased")
    merge = Merge.objects.select_for_update().filter(pk=merge_pk, kept=held).first()
    if merge is None or merge.at <= now - KEPT:
        raise CannotUndo("gone")
    if not merge.way_back:
        raise CannotUndo("too_large")
    last = last_merge(held, now)
    if last is not None and last.pk != merge.pk:
        raise CannotUndo("newer")
    found: Merge = merge
    return found


def _say_again(kept: Patient, merge: Merge, account: User | None) -> None:
    before = merge.way_back["kept"]
    for field in _shown_fields():
        if _is_as_merged(kept, merge, field.attname):
            setattr(kept, field.attname, field.to_python(before[field.attname]))
    if account is not None:
        kept.user = None
    kept.save()


def _bring_back(merge: Merge, account: User | None) -> Patient:
    was = merge.way_back["other"]
    values = {f.attname: f.to_python(was[f.attname]) for f in Patient._meta.concrete_fields}
    other = Patient(**values | {"user_id": account.pk if account is not None else None})
    other.save(force_insert=True)
    # Written by the database as of today.
    Patient.objects.filter(pk=other.pk).update(created_at=values["created_at"])
    other.refresh_from_db()
    for row in merge.way_back["imported"]:
        importing = PatientImport.objects.filter(pk=row.pop("by"), state=PatientImport.State.DONE)
        if importing.exists():
            ImportedRecord.objects.create(by=importing.get(), patient=other, **row)
    return other


def _give_back(relation: Any, pks: list[int], kept: Patient, other: Patient) -> None:
    name = relation.field.name
    rows = relation.related_model._base_manager.filter(pk__in=pks, **{name: kept})
    rows.update(**{name: other})


def _open_again(merge: Merge, other: Patient) -> None:
    """Links that the merge closed, and keys that it gave up, where nobody has touched them."""
    closed = other.invitations.filter(pk__in=merge.way_back["withdrawn"], accepted_at=None)
    closed.filter(withdrawn_at=F("sent_at")).update(withdrawn_at=None)
    for pk, key in merge.way_back["keys"].items():
        other.appointments.filter(pk=pk, request_key=None).update(request_key=key)


def _give_back_what_it_booked(account: User, merge: Merge, kept: Patient, other: Patient) -> None:
    booked = kept.appointments.filter(
        created_at__gte=merge.at, history__user=account, history__action="booked"
    )
    pks = set(booked.values_list("pk", flat=True))
    kept.messages.filter(appointment__in=pks).update(patient=other)
    kept.appointments.filter(pk__in=pks).update(patient=other)


def _is_as_merged(kept: Patient, merge: Merge, name: str) -> bool:
    is_as: bool = as_stored(kept)[name] == merge.way_back["after"][name]
    return is_as


def _shown_fields() -> list[Any]:
    """Those that a merge fills: not whose, not when, not the account."""
    apart = {"id", "practice", "user", "search_text", "created_at", "erased_at"}
    return [field for field in Patient._meta.concrete_fields if field.name not in apart]


def forget_old_merges(now: datetime) -> int:
    """Of those whose day is over, both records stay one. How many."""
    old = Merge.objects.filter(at__lte=now - KEPT)
    count = int(old.count())
    old.delete()
    return count
