"""What people type in free text: kept as typed, less what could deceive a reader."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Marks that reorder or hide what stands around them.
_DECEIVING = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)}
_KEPT = {"\n", "\t"}


def folded(text: str) -> str:
    """Without accents, in lower case: how names are compared."""
    plain = unicodedata.normalize("NFD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def clean_line(text: str) -> str:
    """One line, such as a name: normalised, single spaces, and a letter in it somewhere."""
    line = " ".join(_visible(text).split())
    if line and not any(character.isalpha() for character in line):
        raise ValidationError(_("Please write a name with letters."), code="no_letter")
    return line


def clean_text(text: str) -> str:
    """Several lines, such as a note."""
    return _visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _visible(text: str) -> str:
    return "".join(
        c if c in _KEPT or unicodedata.category(c) != "Cc" else " "
        for c in unicodedata.normalize("NFC", text)
        if c not in _DECEIVING
    )
