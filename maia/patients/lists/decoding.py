"""Bytes of a text file into letters, whichever program on whichever machine wrote them."""

import codecs

from maia.patients.lists.bounds import UnreadableFile

# What spreadsheets of Western Europe write where it is not UTF-8: Windows, old Macs, MS-DOS.
# `charset-normalizer` was tried: it took a long list of cp1252 for a Mac's.
_OLDER = ["cp1252", "mac_roman", "cp850"]
_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as UTF-16's does
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_USUAL = set("àâçéèêëîïôùûüœñãÀÂÇÉÈÊËÎÏÔÙÛÜŒ")
_SMALL = set("àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿß")
_CAPITAL = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸ")
_CLOSING = "»…”°)"
_SIGNS = set("«»“”–—…°€·•\xa0²º")
_LOOKED_AT = 200_000  # bytes
_MOST_DAMAGED = 0.2  # of what is not ASCII
_MOST_CONTROLS = 0.02


def decoded(content: bytes) -> tuple[str, str, bool]:
    """The text, the encoding, and whether some letters could not be read (each shows as ``�``).

    Raises `UnreadableFile` for what is no text: a picture, a program.
    """
    text, encoding = _text(content)
    text = text.lstrip("\ufeff").replace("\x00", "")
    seen = text[:_LOOKED_AT]
    controls = sum(c < " " and c not in "\t\r\n\x0b\x0c" for c in seen)
    if controls > max(3, _MOST_CONTROLS * len(seen)):
        raise UnreadableFile("not_a_list")
    return text, encoding, "\ufffd" in text


def _text(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace"), encoding
    if wide := _without_mark(content):
        return content.decode(wide, errors="replace"), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    damaged = content.decode("utf-8", errors="replace")
    foreign = sum(c > "\x7f" for c in damaged)
    if damaged.count("\ufffd") <= _MOST_DAMAGED * foreign:
        return damaged, "utf-8"  # a few bytes were lost on the way; the rest is right
    lines = _with_accents(content)
    encoding = max(_OLDER, key=lambda name: _likeness(lines.decode(name, errors="replace")))
    return content.decode(encoding, errors="replace"), encoding


def _likeness(text: str) -> int:
    """How much a text looks like names and notes of Western Europe: an accented letter stands among
    letters, a capital one among capitals or first; a sign of a sentence is not inside of a word."""
    score = 0
    for before, c, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if c < "\x80":
            continue
        if c in _SMALL:
            score += 3 if c in _USUAL else 1
        elif c in _CAPITAL:
            right = 3 if c in _USUAL else 1
            score += right if not before.islower() and (before.isalpha() or after.isalpha()) else -2
        elif c in "’‘'":
            score += 1
        elif c in _SIGNS:
            score += (
                -2
                if before.isalpha() and after.isalpha()
                else 1 - 2 * (c in _CLOSING and after.isalpha())
            )
        else:
            score -= 2
    return score


def _with_accents(content: bytes) -> bytes:
    """The lines that tell encodings apart: in the others there is only ASCII."""
    lines = content[: 10 * _LOOKED_AT].replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(line for line in lines if not line.isascii())[:_LOOKED_AT]


def _without_mark(content: bytes) -> str:
    """UTF-16 of mostly Latin letters has a zero in every second byte."""
    head = content[:2_000]
    if len(head) < 4:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""
