"""What people type in free text: kept as typed, less what could deceive a reader."""

import re
import unicodedata

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Letters and marks that show nothing, or reorder what stands around them (Unicode's ignorable ones,
# the fillers of Hangul and the empty pattern of Braille).
_UNSEEN = {
    chr(point)
    for first, last in (
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
        (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
}  # fmt: skip
# Joiners that Persian and Indian names are spelled with, and the looks of a pictogram.
_SPELLING = {"\u200c", "\u200d"}
_LOOKS = {chr(point) for point in range(0xFE00, 0xFE10)}
_APOSTROPHES = re.compile(r"['`´ʼ′‘’ʹ]")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Words in plain ASCII letters: how names are compared, for search, doubles and imports alike.

    Case, accents, ``đ ł ø ß œ``, apostrophes of any shape or left out, hyphens or spaces, and
    letters that cannot be seen make no difference: ``N’Diaye`` is ``ndiaye``, ``Anne-Lise``
    ``anne lise``, ``Đặng`` ``dang``.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if c not in _UNSEEN)
    plain = anyascii(_APOSTROPHES.sub("", seen)).lower().replace("'", "")
    return _NEITHER_LETTER_NOR_DIGIT.sub(" ", plain).strip()


def folded_names(*names: str) -> str:
    """What a search looks through: the words of each name, and a name of several words in one."""
    words = [folded(name) for name in names]
    return " ".join([*words, *(name.replace(" ", "") for name in words if " " in name)])


def clean_line(text: str) -> str:
    """One line, such as a name: normalised, single spaces, and a letter in it somewhere."""
    line = " ".join(_visible(text, besides=_SPELLING).split())
    if line and not any(character.isalpha() for character in line):
        raise ValidationError(_("Please write a name with letters."), code="no_letter")
    return line


def clean_text(text: str) -> str:
    """Several lines, such as a note."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _visible(lines, besides=_SPELLING | _LOOKS | {"\n", "\t"}).strip()


def _visible(text: str, besides: set[str]) -> str:
    """Without what cannot be seen, but for ``besides``; controls and halves of letters are blanks."""
    return "".join(
        c if c in besides or unicodedata.category(c) not in ("Cc", "Cs") else " "
        for c in unicodedata.normalize("NFC", text)
        if c in besides or c not in _UNSEEN
    )
