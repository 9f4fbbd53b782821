"""A whole number as it is posted or stands in an address: `²` is a digit to Python, and none here."""

import re

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)  # fits a column's 64 bits


def parse_id(text: str | None) -> int | None:
    """The key of a row, or a version; None for whatever is none."""
    return int(text) if text and _DIGITS.fullmatch(text) else None
