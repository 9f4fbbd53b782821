"""Records from another program's CSV: each line read, judged, and refused with its reason."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from maia.patients.models import Patient
from maia.patients.phones import NotAPhoneNumber, parse_phone
from maia.patients.text import clean_line, clean_text, folded
from maia.practices.models import Practice

MAX_LINES = 5_000

# How other programs call our columns, folded.
_NAMES = {
    "last_name": {"last_name", "last name", "nom", "nom de famille", "nom d'usage", "name"},
    "first_name": {"first_name", "first name", "prenom"},
    "email": {"email", "e-mail", "mail", "adresse email", "courriel"},
    "mobile": {"mobile", "telephone", "telephone mobile", "portable", "tel", "phone"},
    "birth_date": {"birth_date", "birth date", "date de naissance", "naissance", "ddn"},
    "notes": {"notes", "note", "remarques", "commentaire"},
}


class Refused(StrEnum):
    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    BAD_EMAIL = "bad_email"
    BAD_PHONE = "bad_phone"
    BAD_DATE = "bad_date"
    TWICE = "twice"  # in the file
    THERE = "there"  # in the practice already


class UnreadableFile(Exception):
    """``code``: no_columns (no line of titles that names them), too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Line:
    """One line of the file; ``number`` as a spreadsheet counts it."""

    number: int
    typed: dict[str, str]
    record: Patient | None
    refused: Refused | None = None


def read_patients(text: str, practice: Practice) -> list[Line]:
    """What each line would become; nothing is written. Raises `UnreadableFile`."""
    rows = list(
        csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=_delimiter(text))
    )
    columns = _columns(rows[0]) if rows else {}
    if not {"last_name", "first_name"} <= columns.keys():
        raise UnreadableFile("no_columns")
    if len(rows) > MAX_LINES + 1:
        raise UnreadableFile("too_long")
    seen = {_identity(record) for record in practice.patients.all()}
    ours, lines = set(seen), []
    for number, row in enumerate(rows[1:], start=2):
        typed = {name: row[at].strip() for name, at in columns.items() if at < len(row)}
        if not any(typed.values()):
            continue
        line = _judged(number, typed, practice)
        if line.record is not None:
            who = _identity(line.record)
            if who in seen:
                why = Refused.THERE if who in ours else Refused.TWICE
                line = Line(number, typed, None, why)
            seen.add(who)
        lines.append(line)
    return lines


def import_patients(lines: list[Line]) -> int:
    """Writes the lines that were not refused, all or none; how many."""
    records = [line.record for line in lines if line.record is not None]
    for record in records:
        record.write_search_text()
    with transaction.atomic():
        Patient.objects.bulk_create(records)
    return len(records)


def _judged(number: int, typed: dict[str, str], practice: Practice) -> Line:
    def no(why: Refused) -> Line:
        return Line(number, typed, None, why)

    record = Patient(practice=practice, notes=clean_text(typed.get("notes", ""))[:10_000])
    try:
        for name in ("last_name", "first_name"):
            value = clean_line(typed.get(name, ""))[:80]
            if not value:
                return no(Refused.NO_NAME)
            setattr(record, name, value)
    except ValidationError:
        return no(Refused.BAD_NAME)
    if typed.get("email"):
        try:
            validate_email(typed["email"])
        except ValidationError:
            return no(Refused.BAD_EMAIL)
        record.email = typed["email"].lower()
    if typed.get("mobile"):
        try:
            record.mobile = parse_phone(typed["mobile"].lstrip("'"), practice.country)
        except NotAPhoneNumber:
            return no(Refused.BAD_PHONE)
    if typed.get("birth_date"):
        record.birth_date = _date(typed["birth_date"])
        if record.birth_date is None:
            return no(Refused.BAD_DATE)
    return Line(number, typed, record)


def _identity(record: Patient) -> tuple[str, str]:
    """Two records with the same name and address are one person."""
    return folded(record.name), record.email.lower()


def _columns(titles: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, title in enumerate(titles):
        for name, known in _NAMES.items():
            if folded(title) in {folded(name) for name in known}:
                found.setdefault(name, at)
    return found


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,\t", key=first.count)


def _date(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a birthday has no zone
        except ValueError:
            continue
    return None
