"""Records as CSV that is safe to open in a spreadsheet: no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable

from maia.patients.models import Patient

COLUMNS = ["last_name", "first_name", "email", "mobile", "birth_date", "notes"]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def patients_csv(records: Iterable[Patient]) -> str:
    """With the byte order mark and the semicolons that French spreadsheets expect."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for record in records:
        mobile = record.mobile.as_national if record.mobile else ""
        birth = record.birth_date.isoformat() if record.birth_date else ""
        cells = [record.last_name, record.first_name, record.email, mobile, birth, record.notes]
        writer.writerow([_harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
