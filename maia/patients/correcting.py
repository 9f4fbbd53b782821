"""A patient corrects her own names and number; the practice's words about her are not hers to see."""

from django.db import transaction

from maia.accounts.models import User
from maia.patients.models import Patient, RecordErased

HERS = ("first_name", "last_name", "mobile")


def correct_record(record: Patient, user: User, wanted: dict[str, str]) -> list[str]:
    """Writes what differs of ``wanted`` (by the names of `HERS`, cleaned; the number in E.164) and
    says which. Raises `RecordErased`, also where the record is not ``user``'s any more."""
    with transaction.atomic():
        current = Patient.objects.hold(record.pk)
        if current.user_id != user.pk:
            raise RecordErased
        changed = [name for name in HERS if str(getattr(current, name)) != wanted[name]]
        for name in changed:
            setattr(current, name, wanted[name])
        if changed:
            current.save(update_fields=changed)
    return changed
