"""What imports of the last day still say of a person who is erased: their remarks name the line, whose
it is and what stood in it."""

import re
from collections.abc import Callable
from typing import Any

from maia.patients.import_jobs import SHOWN_REMARKS, State, leave
from maia.patients.import_models import ImportedRecord, PatientImport, packed, unpacked
from maia.patients.models import Merge, Patient
from maia.patients.phones import NUMBERS
from maia.patients.prints import print_of
from maia.patients.text import folded

DIGITS = 9  # of a number, from its end: as it is told within a country

Says = Callable[[str], bool]


def forget_lines_of(record: Patient) -> None:
    """In the transaction that erases, with the practice held and the record as it still is.

    Her lines go from the remarks of what was imported; all of them, where her record was imported
    and has been changed since: nobody can tell then which lines were about her. A list that waits
    to be confirmed, and has her in it, is left.
    """
    merges = [merge.way_back for merge in Merge.objects.filter(kept=record) if merge.way_back]
    says = _who_says(record, merges)
    imported = ImportedRecord.objects.filter(patient=record)
    unlike = {row.by_id for row in imported if row.print != print_of(record)}
    unlike |= {row["by"] for way_back in merges for row in way_back["imported"]}
    for importing in PatientImport.objects.filter(practice=record.practice_id).exclude(
        table=None, shown=None, remarks=None
    ):
        if importing.state in (State.READ, State.FAILED):
            if _has_her(importing, says):
                leave(importing)
            continue
        remarks = unpacked(importing.remarks) or []
        lines = {line for line, *words in remarks if says(" ".join(map(str, words)))}
        if importing.pk in unlike or lines:
            kept = [one for one in remarks if one[0] not in lines]
            if importing.pk in unlike:
                kept = []
            shown = {"remarks": kept[:SHOWN_REMARKS]}
            PatientImport.objects.filter(pk=importing.pk).update(
                remarks=packed(kept) if kept else None, shown=packed(shown)
            )


def _has_her(importing: PatientImport, says: Says) -> bool:
    table: dict[str, Any] = unpacked(importing.table) or {}
    return any(says(" ".join(map(str, cells))) for _line, cells in table.get("rows", []))


def _who_says(record: Patient, merges: list[dict[str, Any]]) -> Says:
    """Whether a text has one of her names, addresses or numbers, as they are now or were before."""
    told: list[dict[str, Any]] = [vars(record)]
    told += [way_back[which] for way_back in merges for which in ("kept", "other")]
    names = [
        set(folded(f"{one['first_name']} {one[last]}").split())
        for one in told
        for last in ("last_name", "birth_name")
        if one[last]
    ]
    emails = {one["email"].lower() for one in told if one["email"]}
    written = {str(one[name]) for one in told for name in NUMBERS if one[name]}
    numbers = {re.sub(r"\D", "", number)[-DIGITS:] for number in written}

    def says(text: str) -> bool:
        words, digits, plain = set(folded(text).split()), re.sub(r"\D", "", text), text.lower()
        return (
            any(name and name <= words for name in names)
            or any(email in plain for email in emails)
            or any(number and number in digits for number in numbers)
        )

    return says
