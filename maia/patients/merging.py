"""Two records of one person become one, and nothing of either is lost (rule 3.5)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from maia.accounts.addresses import same_address
from maia.accounts.models import User
from maia.patients.addresses import Address, write_parts
from maia.patients.models import ImportedRecord, Merge, Patient

MOST_NOTES = 10_000  # characters, as the field says
MOST_MOVED = 10_000  # rows that the way back remembers; more than that stay merged

_DETAILS = (
    "birth_name",
    "email",
    "mobile",
    "phone",
    "contact_name",
    "contact_phone",
    "birth_date",
    "due_date",
    "child_birth_date",
    "external_id",
    "language",
)


# Of these what gives way is in no notes: dates of a pregnancy would outlive their term there.
_NOT_TOLD = {"language", "due_date", "child_birth_date"}


class CannotMerge(Exception):
    """``code``: same, other_practice, two_accounts, not_verified (the account has not shown that
    it reads the address of the record that it would see), not_agreed (that record has no address,
    and nobody has said yes to its being seen by the account), notes_too_long (both together), gone
    (somebody was faster)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def newly_seen(kept: Patient, other: Patient) -> tuple[User, Patient] | None:
    """The account that would see a record which it does not see now, and that record."""
    for holder, record in ((kept, other), (other, kept)):
        if holder.user is not None and record.user_id is None:
            return holder.user, record
    return None


def why_not(kept: Patient, other: Patient, *, agreed: bool) -> str | None:
    """The code of `CannotMerge`, or None. ``agreed``: somebody has read whose account will see
    the record that has no address, and said yes to it."""
    if kept.pk == other.pk:
        return "same"
    if kept.practice_id != other.practice_id:
        return "other_practice"
    if kept.user_id and other.user_id:
        return "two_accounts"
    if (crossing := newly_seen(kept, other)) is not None:
        account, record = crossing
        if record.email and not account.has_verified(record.email):
            return "not_verified"
        if not record.email and not agreed:
            return "not_agreed"
    return None


def merge_patients(kept: Patient, other: Patient, *, now: datetime, agreed: bool = False) -> Merge:
    """``other`` disappears into ``kept``: its appointments, its account, its notes. The way back is
    kept for a day (`unmerging`).

    What both say, ``kept`` says; a contact detail that gives way is written in the notes. Barred
    if either was. Raises `CannotMerge`.
    """
    with transaction.atomic():
        # 1. Both are held, in one order, and judged.
        rows = Patient.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")
        locked = {record.pk: record for record in rows}
        if locked.keys() != {kept.pk, other.pk}:
            raise CannotMerge("gone")
        kept, other = locked[kept.pk], locked[other.pk]
        if kept.erased_at is not None or other.erased_at is not None:
            raise CannotMerge("gone")
        if (code := why_not(kept, other, agreed=agreed)) is not None:
            raise CannotMerge(code)
        before = {"other": as_stored(other), "kept": as_stored(kept)}
        # 2. One record says what both said.
        lost = _fill(kept, other)
        kept.notes = "\n".join(part for part in (kept.notes, other.notes, lost) if part)
        if len(kept.notes) > MOST_NOTES:
            raise CannotMerge("notes_too_long")
        kept.online_booking_barred = kept.online_booking_barred or other.online_booking_barred
        kept.no_sms = kept.no_sms or other.no_sms
        kept.undeliverable_email = kept.undeliverable_email or other.undeliverable_email
        if other.origin == Patient.Origin.PRACTICE:
            kept.origin = other.origin
        account, other.user = other.user, None
        other.save(update_fields=["user"])  # an account is on one record at a time
        kept.user = kept.user or account
        kept.save()
        kept.refresh_from_db()
        # 3. What hangs from the other hangs from it.
        keys = _give_up_keys(kept, other)
        withdrawn = _close_links(kept, other)
        moved = {label: _move(relation, other, kept) for label, relation in relations().items()}
        imported = ImportedRecord.objects.filter(patient=other)
        way_back = before | {
            "after": as_stored(kept),
            "moved": moved,
            "keys": keys,
            "withdrawn": withdrawn,
            "imported": list(imported.values("by", "was_made", "before", "print")),
        }
        few = sum(map(len, moved.values())) <= MOST_MOVED
        other.delete()
        merge: Merge = Merge.objects.create(kept=kept, at=now, way_back=way_back if few else {})
    return merge


def as_stored(record: Patient) -> dict[str, Any]:
    """All that a record says, in plain values: numbers in E.164, dates as ISO."""
    values = {}
    for field in Patient._meta.concrete_fields:
        value = field.get_prep_value(field.value_from_object(record))
        values[field.attname] = value.isoformat() if isinstance(value, date) else value
    return values


def relations() -> dict[str, Any]:
    """Whatever hangs from a record, in any room, by a name of its own. What an import noted of a
    record is no part of it: that is copied, since it goes with its record."""
    pointers: list[Any] = list(Patient._meta.get_fields(include_hidden=True))
    return {
        f"{relation.related_model._meta.label}.{relation.field.name}": relation
        for relation in pointers
        if relation.one_to_many and relation.related_model is not ImportedRecord
    }


def _move(relation: Any, source: Patient, target: Patient) -> list[int]:
    rows = relation.related_model._base_manager.filter(**{relation.field.name: source})
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.update(**{relation.field.name: target})
    return pks


def _give_up_keys(kept: Patient, other: Patient) -> dict[str, str]:
    """The same submission on both records keeps its key on one of them: which lost theirs."""
    twice = other.appointments.filter(request_key__in=kept.appointments.values("request_key"))
    keys = {str(pk): str(key) for pk, key in twice.values_list("pk", "request_key")}
    other.appointments.filter(pk__in=keys).update(request_key=None)
    return keys


def _close_links(kept: Patient, other: Patient) -> list[int]:
    """One link at a time; and one that went to another address would open the kept record."""
    one_waits = kept.invitations.waiting().exists()
    closed = [
        invitation.pk
        for invitation in other.invitations.waiting()
        if one_waits or not same_address(invitation.email, kept.email)
    ]
    other.invitations.filter(pk__in=closed).update(withdrawn_at=F("sent_at"))
    return closed


def _fill(kept: Patient, other: Patient) -> str:
    """Empty details take the other's; the sentence of what was different and gave way."""
    different = []
    for field in _DETAILS:
        mine, hers = getattr(kept, field), getattr(other, field)
        if not mine:
            setattr(kept, field, hers)
        elif hers and hers != mine and field not in _NOT_TOLD:
            different.append(str(hers))
    kept.own_practitioner_id = kept.own_practitioner_id or other.own_practitioner_id
    mine, hers = Address.of(kept), Address.of(other)
    if mine == Address():
        write_parts(kept, hers)
    elif hers not in (mine, Address()):
        different.append(" ".join(part for part in (other.address, hers.access) if part))
    if other.name != kept.name:
        different.insert(0, other.name)
    return " · ".join(different)
