"""What a record was like, in a few letters: whether somebody has touched it since."""

import hashlib
import json

from maia.patients.models import Patient

FIELDS = (
    "first_name", "last_name", "birth_name", "email", "mobile", "phone", "contact_name",
    "contact_phone", "external_id", "birth_date", "street", "postcode", "city", "access", "notes",
    "language", "online_booking_barred", "no_sms", "user_id", "erased_at",
)  # fmt: skip


def value_of(record: Patient, name: str) -> str:
    """As it is written: numbers in E.164, dates as ISO; empty for nothing."""
    value = getattr(record, name)
    return str(value) if value else ""


def print_of(record: Patient) -> str:
    values = [value_of(record, name) for name in FIELDS]
    if record.own_practitioner_id:  # where there is none, as before there was this field
        values.append(str(record.own_practitioner_id))
    if record.due_date or record.child_birth_date:  # likewise
        values += [value_of(record, "due_date"), value_of(record, "child_birth_date")]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
