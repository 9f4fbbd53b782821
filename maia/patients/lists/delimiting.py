"""Text into rows. A quote that nobody closed costs its own line at most, never the next patients.

Four delimiters are known, and the one that cuts most lines into equally many cells is the file's
(`csv.Sniffer` gives up on a list of one column).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator

_DELIMITERS = ";,\t|"
_LOOKED_AT = 200  # lines
_LONGEST_CELL = 200  # lines
_DECLARED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def split_rows(text: str) -> tuple[Iterator[list[str]], list[int]]:
    """Rows of cells, made as they are asked for, and the numbers (from 1) of rows with a quote that
    nobody closed: complete when the last row has been asked for."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    declared = _DECLARED.fullmatch(lines[0].strip(" ")) if lines else None
    if declared:
        lines = lines[1:]
    delimiter = declared[1] if declared else find_delimiter(lines)
    width = _usual_width(lines[:_LOOKED_AT], delimiter)[0]
    unclosed: list[int] = []
    return _rows(lines, delimiter, width, unclosed), unclosed


def _rows(lines: list[str], delimiter: str, width: int, unclosed: list[int]) -> Iterator[list[str]]:
    at = count = 0
    while at < len(lines):
        row, taken = _row(lines, at, delimiter, width)
        count += 1
        if row is None:
            row = _without_quotes(lines[at], delimiter)
            unclosed.append(count)
        yield row
        at += taken


def find_delimiter(lines: list[str]) -> str:
    """A comma in a title or an address does not make it the delimiter."""

    def how_regular(delimiter: str) -> float:
        width, share = _usual_width(lines[:_LOOKED_AT], delimiter)
        return share * (1 - 1 / width)

    return max(_DELIMITERS, key=how_regular)


def _usual_width(lines: list[str], delimiter: str) -> tuple[int, float]:
    """How many cells most rows have, and the share of these rows. One cell is a title line."""
    widths: Counter[int] = Counter()
    at, cells = 0, 0
    while at < len(lines):
        row, taken = _row(lines, at, delimiter, 0)
        if row is None:
            row = _without_quotes(lines[at], delimiter)
        if any(cell.strip() for cell in row):
            widths[len(row)] += 1
            cells += 1
        at += taken
    several = [(count, width) for width, count in widths.items() if width > 1]
    if not several:
        return 1, 0.0
    count, width = max(several)
    return width, count / cells


def _row(lines: list[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """The row that begins on a line, and how many lines it takes. None: its quotes do not close,
    or only over lines that are rows themselves."""
    if (row := _parsed([lines[at]], delimiter)) is not None:
        return row, 1
    quotes = lines[at].count('"')
    for end in range(at + 1, min(at + _LONGEST_CELL, len(lines))):
        line = lines[end]
        if width > 1 and _looks_like_a_row(line, delimiter, width):
            break
        quotes += line.count('"')
        if quotes % 2 == 0:
            row = _parsed(lines[at : end + 1], delimiter)
            return (row, end + 1 - at) if row is not None else (None, 1)
    return None, 1


def _looks_like_a_row(line: str, delimiter: str, width: int) -> bool:
    """As many delimiters as a whole row has; in prose a space follows them."""
    return len(re.findall(re.escape(delimiter) + r"(?! )", line)) >= width - 1


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return (rows[0] if rows else []) if len(rows) <= 1 else None


def _without_quotes(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').replace('""', '"') for cell in line.split(delimiter)]
