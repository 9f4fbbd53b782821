"""A patient corrects her own record; the practice's words about her are not hers to see."""

from collections.abc import Mapping

from django.db import transaction

from maia.accounts.models import User
from maia.patients.models import Patient, RecordErased

# Each as a text: numbers in E.164, the birth date as YYYY-MM-DD.
HERS = (
    "first_name", "last_name", "mobile", "phone", "birth_date", "due_date", "child_birth_date", "street", "postcode", "city", "access",
)  # fmt: skip
DATES = ("birth_date", "due_date", "child_birth_date")


class CorrectedMeanwhile(Exception):
    """Somebody else wrote other things, since she was shown hers: ``now``, by name. Nothing is saved."""

    def __init__(self, now: dict[str, str]) -> None:
        super().__init__(*now)
        self.now = now


def texts_of(record: Patient) -> dict[str, str]:
    """What she may correct, as it stands."""
    return {name: _text(record, name) for name in HERS}


def correct_record(
    record: Patient, user: User, wanted: Mapping[str, str], seen: Mapping[str, str] | None = None
) -> list[str]:
    """Writes what she changed of ``wanted`` (cleaned, by names of `HERS`) and says which.

    ``seen``: what her page showed her. What she left as she saw it stays as it is now, and what somebody
    else has changed as well is asked. None: she has seen no page, all of ``wanted`` is hers.
    Raises `CorrectedMeanwhile`, and `RecordErased`, also where the record is not ``user``'s any more.
    """
    with transaction.atomic():
        current = Patient.objects.hold(record.pk)
        if current.user_id != user.pk:
            raise RecordErased
        stands = texts_of(current)
        changed = [
            name
            for name in wanted
            if wanted[name] != stands[name] and (seen is None or wanted[name] != seen.get(name))
        ]
        if seen is not None:
            lost = {name: stands[name] for name in changed if stands[name] != seen.get(name)}
            if lost:
                raise CorrectedMeanwhile(lost)
        for name in changed:
            setattr(current, name, wanted[name] or (None if name in DATES else ""))
        if changed:
            current.save(update_fields=changed)
    return changed


def _text(record: Patient, name: str) -> str:
    value = getattr(record, name)
    if name in DATES:
        return value.isoformat() if value else ""
    return str(value or "")
