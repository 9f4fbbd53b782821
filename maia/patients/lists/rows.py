"""One row of a list into what a record would hold. Each cell is judged alone: what cannot be read is
kept in the notes under its title, and said. Only a row without any name is refused."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from maia.accounts.addresses import NotAnAddress, canonical_address
from maia.patients.addresses import LENGTHS
from maia.patients.birth_dates import parse_birth_date
from maia.patients.lists.titles import NAMES, Column
from maia.patients.phones import (
    FRENCH_REGIONS,
    NotAPhoneNumber,
    is_mobile,
    parse_phone,
    parse_phones,
)
from maia.patients.text import clean_line, clean_text, folded

NAME, CONTACT, IDENTIFIER, NOTES = 80, 120, 120, 10_000  # characters of the record's fields

_AS_A_FORMULA = re.compile(r'="(.*)"', re.DOTALL)  # keeps a zero at the beginning, in Excel
# How `spreadsheet` writes what would be a formula.
_KEPT_FROM_BEING_ONE = re.compile(r"(?:^|(?<=[,;\n\t]))'(?=\s*[=+\-@＝＋－＠])")
_BETWEEN = re.compile(r"\s*(?::::|[;,/|\n\t]|\s(?:ou|et|or|and)\s)\s*")
_BETWEEN_ADDRESSES = re.compile(r"[\s;,/|<>()\[\]\"]+|:::")
_TOWN = re.compile(r"(.*?)[\s,;-]*\b(\d{5})\s+([^\d,;][^,;]*)(?:[,;]\s*france)?\s*", re.I | re.S)
_TITLES = re.compile(
    r"^(?:(?:mme|mlle|mr|mrs|ms|madame|mademoiselle|monsieur|dr|docteur|m)\b\.?\s+)+", re.IGNORECASE
)
# Words beside a number that say nothing about whose it is.
_NEUTRAL = {
    "tel", "telephone", "phone", "mobile", "mob", "portable", "port", "gsm", "fixe", "domicile",
    "dom", "maison", "perso", "personnel", "ou", "et", "or", "and", "no", "n", "ndeg", "numero", "num",
}  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """What somebody should know. ``code``: ``bad_email``, ``bad_phone``, ``bad_date``, ``bad_name``,
    ``long`` (cut), ``more`` (a second value, in the notes), ``words`` (beside a number),
    ``no_first_name``, ``no_last_name``; and those of `matching`."""

    code: str
    title: str = ""
    value: str = ""


@dataclass
class Draft:
    """A row, read. ``fields`` are the record's, without the empty ones; dates as ISO. Her own
    practitioner is a name there; which one it is, ``own_practitioner``, nobody knows yet."""

    number: int
    fields: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # lines of the notes
    own_practitioner: int | None = None

    @property
    def name(self) -> str:
        parts = (self.fields.get("first_name", ""), self.fields.get("last_name", ""))
        return " ".join(part for part in parts if part)

    @property
    def birth_date(self) -> date | None:
        text = self.fields.get("birth_date")
        return date.fromisoformat(text) if text else None

    @property
    def numbers(self) -> set[str]:
        return {self.fields[name] for name in ("mobile", "phone") if name in self.fields}


class NoName(Exception):
    """The row has cells, and no name among them."""


Reads = Sequence[tuple[str, Column]]  # of each column its title, and what it is read as


def read_row(
    number: int, cells: Sequence[str], columns: Reads, *, country: str, today: date
) -> Draft | None:
    """None if nothing is in the columns that are read. Raises `NoName`."""
    told = [
        (title, column, _plain(cell))
        for (title, column), cell in zip(columns, cells, strict=False)
        if column and any(c.isalnum() for c in cell)
    ]
    if not told:
        return None
    reader = _Reader(Draft(number), country, today)
    reader.names([one for one in told if one[1] in NAMES or one[1] is Column.BIRTH_NAME])
    # Columns of mobiles first: her mobile is the first one found.
    for column in Column:
        for title, kind, cell in told:
            if kind is column:
                reader.read(title, column, cell)
    reader.finish()
    return reader.draft


def _plain(cell: str) -> str:
    cell = cell.strip()
    if wrapped := _AS_A_FORMULA.fullmatch(cell):
        cell = wrapped[1]
    return clean_text(_KEPT_FROM_BEING_ONE.sub("", cell))


class _Reader:
    def __init__(self, draft: Draft, country: str, today: date) -> None:
        self.draft, self.country, self.today = draft, country, today
        self.fields = draft.fields
        self.texts: list[tuple[str, str]] = []  # of the columns of notes

    def read(self, title: str, column: Column, cell: str) -> None:
        match column:
            case Column.EMAIL:
                self.email(title, cell)
            case Column.MOBILE | Column.ANY_PHONE | Column.PHONE | Column.CONTACT_PHONE:
                self.phone(title, column, cell)
            case Column.BIRTH_DATE:
                if birth := parse_birth_date(cell, self.today):
                    self.put("birth_date", title, birth.isoformat())
                else:
                    self.keep("bad_date", title, cell)
            case Column.ADDRESS:
                self.address(title, cell)
            case Column.STREET:
                line = " ".join(cell.split())
                before = self.fields.pop("street", "")
                self.put("street", title, ", ".join(filter(None, (before, line))))
            case Column.POSTCODE:
                lost_zero = self.country in FRENCH_REGIONS and re.fullmatch(r"[0-9]{4}", cell)
                self.put("postcode", title, f"0{cell}" if lost_zero else " ".join(cell.split()))
            case Column.CITY | Column.ACCESS:
                self.put(column.value, title, " ".join(cell.split()))
            case Column.CONTACT_NAME | Column.OWN_PRACTITIONER:
                self.line(column.value, title, cell)
            case Column.EXTERNAL_ID:
                self.put("external_id", title, " ".join(cell.strip('"').split()))
            case Column.NOTES:
                self.texts.append((title, cell))

    def names(self, told: list[tuple[str, Column, str]]) -> None:
        """Raises `NoName`. One who goes by the name of her birth has it as her name."""
        for title, column, cell in told:
            if column in (Column.FIRST_LAST, Column.LAST_FIRST):
                last, first = split_name(cell, last_first=column is Column.LAST_FIRST)
                self.line("last_name", title, last)
                self.line("first_name", title, first)
            else:
                self.line(column.value, title, cell)
        if "last_name" not in self.fields and "birth_name" in self.fields:
            self.fields["last_name"] = self.fields.pop("birth_name")
        elif folded(self.fields.get("birth_name", "")) == folded(self.fields.get("last_name", "")):
            self.fields.pop("birth_name", None)
        if not self.draft.name:
            raise NoName
        for name in ("last_name", "first_name"):
            if name not in self.fields:
                self.draft.remarks.append(Remark(f"no_{name}"))

    def line(self, name: str, title: str, cell: str) -> None:
        if not cell:
            return
        try:
            self.put(name, title, clean_line(cell))
        except ValidationError:
            self.keep("bad_name", title, cell)

    def put(self, name: str, title: str, value: str) -> None:
        """The first value of a field is its value; another one is kept in the notes."""
        longest = {
            "contact_name": CONTACT, "external_id": IDENTIFIER, "birth_date": 10, **LENGTHS,
        }.get(name, NAME)  # fmt: skip
        if not value:
            return
        if (there := self.fields.get(name)) is not None:
            if folded(there) != folded(value):
                self.keep("more", title, value)
            return
        if len(value) > longest:
            self.keep("long", title, value)
            value = value[:longest].rstrip()
        self.fields[name] = value

    def email(self, title: str, cell: str) -> None:
        cell = re.sub(r"mailto:", "", cell, flags=re.IGNORECASE)
        try:
            parts = [canonical_address(cell)]
        except NotAnAddress:
            parts = [part for part in _BETWEEN_ADDRESSES.split(cell) if part]
            if not any("@" in part for part in parts):
                self.keep("bad_email", title, cell)
                return
            parts = [part for part in parts if "@" in part] if "<" in cell else parts
        for part in parts:
            try:
                address = canonical_address(part)
            except NotAnAddress:
                self.keep("bad_email", title, part)
                continue
            if "email" not in self.fields:
                self.fields["email"] = address
            elif address != self.fields["email"]:
                self.keep("more", title, address)

    def phone(self, title: str, column: Column, cell: str) -> None:
        cell = cell.lstrip("'")
        numbers, unread = self._numbers(cell)
        if set(folded(re.sub(r"[\d+]", " ", cell)).split()) - _NEUTRAL and numbers:
            # *06 … (mari)*: it may be somebody else's. It gets no SMS.
            self.keep("words", title, cell)
            column = Column.PHONE if column in (Column.MOBILE, Column.ANY_PHONE) else column
        for number in numbers:
            if not self._put_number(column, number):
                self.keep("more", title, number)
        for text in unread:
            self.keep("bad_phone", title, text)

    def _numbers(self, cell: str) -> tuple[list[str], list[str]]:
        try:
            return parse_phones(cell, self.country), []
        except NotAPhoneNumber:
            pass
        numbers: list[str] = []
        unread: list[str] = []
        for part in filter(None, _BETWEEN.split(cell)):
            try:
                numbers.append(parse_phone(part, self.country))
            except NotAPhoneNumber:
                unread.append(part)
        return (numbers, unread) if numbers else ([], [cell])

    def _put_number(self, column: Column, number: str) -> bool:
        """Whether there was room for it, or it is there already."""
        if column is Column.CONTACT_PHONE:
            places = ["contact_phone"]
        elif column is Column.PHONE or not is_mobile(number):
            places = ["phone"]
        else:
            places = ["mobile", "phone"]
        if column is not Column.CONTACT_PHONE and number in self.draft.numbers:
            return True
        return any(self.fields.setdefault(place, number) == number for place in places)

    def address(self, title: str, cell: str) -> None:
        line = ", ".join(part.strip(" ,") for part in cell.split("\n") if part.strip(" ,"))
        if town := _TOWN.fullmatch(line):
            self.put("street", title, town[1].strip(" ,;-"))
            self.put("postcode", title, town[2])
            self.put("city", title, town[3].strip())
        else:
            self.put("street", title, line)

    def keep(self, code: str, title: str, value: str) -> None:
        self.draft.remarks.append(Remark(code, title, value))
        self.draft.kept.append(f"{title}\u00a0: {value}" if title else value)

    def finish(self) -> None:
        several = len(self.texts) > 1
        texts = [
            f"{title}\u00a0: {text}" if several and title else text for title, text in self.texts
        ]
        notes = "\n".join([*texts, *self.draft.kept])
        if len(notes) > NOTES:
            self.draft.remarks.append(Remark("long", self.texts[0][0] if self.texts else ""))
        if notes:
            self.fields["notes"] = notes[:NOTES]


def split_name(text: str, *, last_first: bool) -> tuple[str, str]:
    """Last and first name of one cell: a comma says it, or capitals, or the order of the column."""
    text = _TITLES.sub("", " ".join(text.split()))
    before, comma, after = text.partition(",")
    if comma:
        return before.strip(), after.strip()
    words = text.split(" ")
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        return " ".join(capitals), " ".join(_without(words, capitals))
    if last_first:
        return " ".join(words[:-1]) or text, words[-1] if len(words) > 1 else ""
    return " ".join(words[1:]) or text, words[0] if len(words) > 1 else ""


def _without(words: Iterable[str], others: list[str]) -> list[str]:
    return [word for word in words if word not in others]
