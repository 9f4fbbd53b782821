"""What an import writes: worked out before the transaction, which then only looks whether anything
has changed since, and writes. SQLite has one writer: nobody waits for an import's sums."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField
from django.db.models.functions import Cast

from maia.patients.batches import in_batches
from maia.patients.import_models import ImportedRecord, PatientImport
from maia.patients.importing import OWN, Lines, Plan, changes_of, plan_import, values_of
from maia.patients.models import Patient
from maia.patients.phones import NUMBERS, as_written
from maia.patients.prints import FIELDS, print_of, value_of
from maia.practices.models import Practice


@dataclass
class Prepared:
    """``seen``: what the practice's records were like when it was worked out."""

    plan: Plan
    seen: str
    new: list[tuple[Patient, str]] = field(default_factory=list)  # with its print
    changed: list[tuple[Patient, dict[str, str], str]] = field(default_factory=list)
    fields: set[str] = field(default_factory=lambda: {"search_text"})


def prepare_import(lines: Lines, importing: PatientImport) -> Prepared:
    """Nothing is written."""
    practice, existing = importing.practice, importing.existing
    seen = stamp_of(practice)
    prepared = Prepared(plan_import(lines, practice, existing), seen)
    for draft in prepared.plan.new:
        record = Patient(practice=practice, **values_of(draft))
        record.write_search_text()
        prepared.new.append((_written(record), print_of(record)))
    updates = prepared.plan.updates
    for pks in in_batches(updates):
        for record in Patient.objects.filter(pk__in=pks).order_by("pk"):
            changes = changes_of(record, updates[record.pk], existing)
            before = {name: value_of(record, name) for name in changes}
            for name, value in changes.items():
                setattr(record, name, value)
            record.write_search_text()
            prepared.fields |= changes.keys()
            prepared.changed.append((_written(record), before, print_of(record)))
    return prepared


def is_still_so(prepared: Prepared, practice: Practice) -> bool:
    """In the transaction that writes. What it changes is held from here on."""
    for rows in in_batches(prepared.changed):
        pks = [record.pk for record, _before, _print in rows]
        held = Patient.objects.select_for_update().filter(pk__in=pks).order_by("pk")
        list(held.values_list("pk", flat=True))
    return stamp_of(practice) == prepared.seen


def write_import(prepared: Prepared, importing: PatientImport) -> None:
    """In the caller's transaction. Each record that is made or changed is noted, for the way back."""
    for made in in_batches(prepared.new):
        Patient.objects.bulk_create([record for record, _print in made])
        ImportedRecord.objects.bulk_create(
            ImportedRecord(by=importing, patient=record, was_made=True, print=mark)
            for record, mark in made
        )
    for changed in in_batches(prepared.changed):
        # The rows are there and held: each is met by its number, and its fields written.
        Patient.objects.bulk_create(
            [record for record, _before, _print in changed],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(prepared.fields),
        )
        ImportedRecord.objects.bulk_create(
            ImportedRecord(by=importing, patient=record, was_made=False, before=before, print=mark)
            for record, before, mark in changed
        )


def stamp_of(practice: Practice) -> str:
    """Of all that the records of a practice say: another one, and something has changed. As the
    database has it: no number is read."""
    told = {f"as_{name}": Cast(name, CharField()) for name in (*FIELDS, OWN)}
    rows: Any = Patient.objects.filter(practice=practice).order_by("pk")
    stamp = hashlib.sha256()
    for row in rows.annotate(**told).values_list("pk", *told).iterator(2000):
        stamp.update(repr(row).encode())
    return stamp.hexdigest()


def _written(record: Patient) -> Patient:
    """With numbers that are judged and written once, not at each look."""
    for name in NUMBERS:
        setattr(record, name, as_written(getattr(record, name)))
    return record
