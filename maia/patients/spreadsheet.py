"""Records as CSV that is safe to open in a spreadsheet: no cell is ever a formula."""

import csv
import io
import re
from collections.abc import Iterable

from maia.patients.addresses import LENGTHS
from maia.patients.models import Patient

COLUMNS = [
    "last_name",
    "first_name",
    "birth_name",
    "email",
    "mobile",
    "phone",
    "birth_date",
    "due_date",
    "child_birth_date",
    "contact_name",
    "contact_phone",
    "external_id",
    "own_practitioner",
    "notes",
    *LENGTHS,
]
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
_PARTS = re.compile(r"(?<=[,;\n\t])")


def patients_csv(records: Iterable[Patient], *, notes: bool = True) -> str:
    """With the byte order mark and the semicolons that French spreadsheets expect.

    ``notes``: whether who takes them out reads them.
    """
    columns = [column for column in COLUMNS if notes or column != "notes"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(columns)
    for record in records:
        writer.writerow([harmless(_cell(record, column)) for column in columns])
    return "\ufeff" + out.getvalue()


def _cell(record: Patient, column: str) -> str:
    value = getattr(record, column)
    if not value:
        return ""
    match column:
        case "mobile" | "phone" | "contact_phone":
            return str(value.as_national)
        case "own_practitioner":
            return str(value.name)
        case "birth_date" | "due_date" | "child_birth_date":
            return str(value.isoformat())
        case _:
            return str(value)


def harmless(cell: str) -> str:
    """Not a formula, nor after a comma or semicolon where a reader splits at the other one."""
    return "".join(f"'{part}" if _is_formula(part) else part for part in _PARTS.split(cell))


def _is_formula(part: str) -> bool:
    return part.startswith(_FORMULA) or part.lstrip().startswith(_FORMULA)
