"""Two records of one person become one, and nothing of either is lost (product rule 3.5)."""

from django.db import transaction
from django.db.models import F

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
    """``code``: same, other_practice, two_accounts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def merge_patients(kept: Patient, other: Patient) -> Patient:
    """``other`` disappears into ``kept``: its appointments, its account, its notes.

    What both say, ``kept`` says; a contact detail that gives way is written in the notes. Barred
    if either was. Raises `CannotMerge`.
    """
    if kept.pk == other.pk:
        raise CannotMerge("same")
    if kept.practice_id != other.practice_id:
        raise CannotMerge("other_practice")
    with transaction.atomic():
        rows = Patient.objects.select_for_update().filter(pk__in=[kept.pk, other.pk])
        locked = {record.pk: record for record in rows}
        kept, other = locked[kept.pk], locked[other.pk]
        if kept.user_id and other.user_id:
            raise CannotMerge("two_accounts")
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
        if kept.invitations.waiting().exists():  # one link at a time
            other.invitations.waiting().update(withdrawn_at=F("sent_at"))
        other.invitations.update(patient=kept)
        other.messages.update(patient=kept)
        other.delete()
    return kept


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
