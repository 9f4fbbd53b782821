"""An import taken back: what it made goes, what it changed is as before; what somebody has touched
since stays, and is counted."""

from collections import Counter
from datetime import date, datetime
from typing import Any

from django.db import models

from maia.patients.batches import in_batches
from maia.patients.import_models import ImportedRecord, PatientImport
from maia.patients.importing import OWN
from maia.patients.models import Patient
from maia.patients.prints import print_of


def undo_import(importing: PatientImport, now: datetime) -> dict[str, int]:
    """In the caller's transaction. How many were ``deleted``, ``restored``, and left because they are
    ``in_use`` (an appointment, an account, a letter), ``edited`` or ``gone`` already."""
    done: Counter[str] = Counter(deleted=0, restored=0, in_use=0, edited=0)
    pks = list(importing.records.order_by("pk").values_list("pk", flat=True))
    for some in in_batches(pks):
        rows = {row.patient_id: row for row in ImportedRecord.objects.filter(pk__in=some)}
        records = list(Patient.objects.select_for_update().filter(pk__in=rows).order_by("pk"))
        in_use = _in_use([r.pk for r in records if rows[r.pk].was_made])
        deleted, restored = [], []
        for record in records:
            row = rows[record.pk]
            if record.pk in in_use or (row.was_made and record.user_id):
                done["in_use"] += 1
            elif row.print != print_of(record):
                done["edited"] += 1
            elif row.was_made:
                deleted.append(record.pk)
            else:
                _restore(record, row.before)
                restored.append(record)
        Patient.objects.filter(pk__in=deleted).delete()
        fields = {name for record in restored for name in rows[record.pk].before}
        if fields:
            Patient.objects.bulk_update(restored, [*sorted(fields), "search_text"], batch_size=100)
        done.update(deleted=len(deleted), restored=len(restored))
    made = importing.counts.get("new", 0) + importing.counts.get("updated", 0)
    done["gone"] = made - len(pks)
    ImportedRecord.objects.filter(by=importing).delete()
    PatientImport.objects.filter(pk=importing.pk).update(
        state=PatientImport.State.UNDONE,
        undone_at=now,
        counts={**importing.counts, "undone": done},
        remarks=None,
        shown=None,
    )
    return dict(done)


def _in_use(pks: list[int]) -> set[int]:
    """Those of which something hangs that would go with them, or hold them: appointments, letters."""
    used: set[int] = set()
    for relation in Patient._meta.related_objects:
        if relation.related_model is ImportedRecord or relation.on_delete is models.SET_NULL:
            continue
        rows: Any = relation.related_model._default_manager
        name = relation.field.name
        used |= set(rows.filter(**{f"{name}__in": pks}).values_list(f"{name}__pk", flat=True))
    return used


def _restore(record: Patient, before: dict[str, str]) -> None:
    for name, value in before.items():
        setattr(record, name, _value_of(name, value))
    record.write_search_text()


def _value_of(name: str, text: str) -> str | date | int | None:
    """What `prints.value_of` wrote."""
    if name == "birth_date":
        return date.fromisoformat(text) if text else None
    if name == OWN:
        return int(text) if text else None
    return text
