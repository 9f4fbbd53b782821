"""Two records of one person become one, and nothing of either is lost (product rule 3.5)."""

from django.db import transaction
from django.db.models import F

from maia.accounts.addresses import same_address
from maia.accounts.models import User
from maia.patients.addresses import Address, write_parts
from maia.patients.models import Patient

_DETAILS = (
    "birth_name",
    "email",
    "mobile",
    "phone",
    "contact_name",
    "contact_phone",
    "birth_date",
    "external_id",
    "language",
)


class CannotMerge(Exception):
    """``code``: same, other_practice, two_accounts, not_verified (the account has not shown that
    it reads the address of the record that it would see), not_agreed (that record has no address,
    and nobody has said yes to its being seen by the account)."""

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


def merge_patients(kept: Patient, other: Patient, *, agreed: bool = False) -> Patient:
    """``other`` disappears into ``kept``: its appointments, its account, its notes.

    What both say, ``kept`` says; a contact detail that gives way is written in the notes. Barred
    if either was. Raises `CannotMerge`.
    """
    with transaction.atomic():
        rows = Patient.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")
        locked = {record.pk: record for record in rows}
        kept, other = locked[kept.pk], locked[other.pk]
        if (code := why_not(kept, other, agreed=agreed)) is not None:
            raise CannotMerge(code)
        lost = _fill(kept, other)
        kept.notes = "\n".join(part for part in (kept.notes, other.notes, lost) if part)[:10_000]
        kept.online_booking_barred = kept.online_booking_barred or other.online_booking_barred
        if other.origin == Patient.Origin.PRACTICE:
            kept.origin = other.origin
        account, other.user = other.user, None
        other.save(update_fields=["user"])  # an account is on one record at a time
        kept.user = kept.user or account
        kept.save()
        # The same submission on both records keeps its key on one of them.
        keys = kept.appointments.values("request_key")
        other.appointments.filter(request_key__in=keys).update(request_key=None)
        other.appointments.update(patient=kept)
        _close_links(kept, other)
        other.invitations.update(patient=kept)
        other.messages.update(patient=kept)
        other.delete()
    return kept


def _close_links(kept: Patient, other: Patient) -> None:
    """One link at a time; and one that went to another address would open the kept record."""
    one_waits = kept.invitations.waiting().exists()
    for invitation in other.invitations.waiting():
        if one_waits or not same_address(invitation.email, kept.email):
            other.invitations.filter(pk=invitation.pk).update(withdrawn_at=F("sent_at"))


def _fill(kept: Patient, other: Patient) -> str:
    """Empty details take the other's; the sentence of what was different and gave way."""
    different = []
    for field in _DETAILS:
        mine, hers = getattr(kept, field), getattr(other, field)
        if not mine:
            setattr(kept, field, hers)
        elif hers and hers != mine and field != "language":
            different.append(str(hers))
    mine, hers = Address.of(kept), Address.of(other)
    if mine == Address():
        write_parts(kept, hers)
    elif hers not in (mine, Address()):
        different.append(" ".join(part for part in (other.address, hers.access) if part))
    if other.name != kept.name:
        different.insert(0, other.name)
    return " · ".join(different)
