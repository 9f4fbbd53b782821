"""A file into rows of cells, within bounds: what the child process does."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from maia.patients.lists.bounds import (
    MAX_CELL,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_KEPT,
    MAX_LINES,
    MAX_ROWS,
    UnreadableFile,
)
from maia.patients.lists.decoding import decoded
from maia.patients.lists.delimiting import split_rows

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .xls, and workbooks under a password
_CELL, _EMPTY_CELL = 57, 8  # bytes that Python keeps of one, beside its characters
_OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", _EMPTY_ZIP)
# Of text, in capitals: cards, calendars, and pages that call themselves .xls.
_OTHER_TEXTS = (
    "{\\RTF", "BEGIN:VC", "<HTML", "<!DOC", "<!--", "<?XML", "<HEAD", "<META", "<STYLE", "<BODY",
    "<TABLE", "<DIV",
)  # fmt: skip


@dataclass
class Table:
    """``rows``: the number of each as a spreadsheet counts, and its cells without the empty ones at
    the end. Rows without anything are left out."""

    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    damaged: bool = False  # letters were lost
    unclosed: list[int] = field(default_factory=list)  # rows with a quote that nobody closed
    cut: list[int] = field(default_factory=list)  # rows of which something was too long
    other_sheets: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Table":
        return cls(**value)


def read_table(content: bytes) -> Table:
    """Raises `UnreadableFile`, for a file of any kind; no other exception."""
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile("empty")
    if content.startswith(_OLD_OFFICE):
        raise UnreadableFile(
            "locked" if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in content else "old_excel"
        )
    if content.startswith(_OTHER_KINDS):
        raise UnreadableFile("not_a_list")
    if content.startswith(_ZIP):
        # Only then: this library takes longer to load than a list to read.
        from maia.patients.lists.sheets import rows_of_workbook

        rows, other_sheets = rows_of_workbook(content)
        table = _bounded(rows)
        table.encoding, table.other_sheets = "xlsx", other_sheets
        return table
    text, encoding, damaged = decoded(content)
    if text[:1000].lstrip().upper().startswith(_OTHER_TEXTS):
        raise UnreadableFile("not_a_list")
    cells, unclosed = split_rows(text)
    table = _bounded(cells)
    table.encoding, table.damaged, table.unclosed = encoding, damaged, unclosed
    return table


def _bounded(rows: Iterable[list[str]]) -> Table:
    table = Table([])
    characters = kept = 0
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise UnreadableFile("too_long")
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in cells):
            cells = [cell[:MAX_CELL] for cell in cells[:MAX_COLUMNS]]
            table.cut.append(number)
        characters += sum(len(cell) + 1 for cell in cells)
        kept += sum(_CELL + len(cell) if cell else _EMPTY_CELL for cell in cells)
        table.rows.append((number, cells))
        if len(table.rows) > MAX_LINES + 50 or characters > MAX_CHARACTERS or kept > MAX_KEPT:
            raise UnreadableFile("too_long")
    if not table.rows:
        raise UnreadableFile("empty")
    return table
