"""Rows of an Excel workbook: its first sheet that shows something. No formula is computed: what
Excel last saw there is read."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from maia.patients.lists.bounds import MAX_COLUMNS, MAX_UNPACKED, UnreadableFile

_MOST_PARTS = 2_000


def rows_of_workbook(content: bytes) -> tuple[Iterator[list[str]], int]:
    """Its rows, and how many other sheets are not read. Raises `UnreadableFile`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(p.file_size for p in parts) > MAX_UNPACKED:
                raise UnreadableFile("too_heavy")
            if "mimetype" in archive.namelist():
                raise UnreadableFile("opendocument")
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except (UnreadableFile, MemoryError):
        raise
    except Exception:  # the library fails in as many ways as files are damaged
        raise UnreadableFile("not_a_list") from None
    if not sheets:
        raise UnreadableFile("empty")
    sheets.sort(key=_is_empty)  # stable: the first with something in it
    return _rows(sheets[0]), sum(not _is_empty(sheet) for sheet in sheets[1:])


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    try:
        for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1):
            is_empty = row.count(None) == len(row)  # of which a file may have any number
            yield [] if is_empty else [_cell(value) for value in row]
    except (UnreadableFile, MemoryError):
        raise
    except Exception:
        raise UnreadableFile("not_a_list") from None


def _is_empty(sheet: Any) -> bool:
    sheet.reset_dimensions()
    try:
        for at, row in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)):
            if any(value is not None for value in row):
                return False
            if at > 1_000:
                break
    except MemoryError:
        raise
    except Exception:
        return True
    return True


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)
