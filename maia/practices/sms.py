"""What an SMS may say and what it costs: a practitioner's template, her sender name, segments.

A segment is what is billed (3GPP TS 23.038 and 23.040): 160 characters of the GSM alphabet, 153
once there are several; one character outside it and all are UCS-2: 70, then 67.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import gsm0338  # noqa: F401  registers the codec
from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# No placeholder tells the kind of consultation: an SMS is read over a shoulder (rule 3.6).
PLACEHOLDERS = ("practitioner", "practice", "date", "time", "link")
NEEDED = ("date", "time")
MAX_SEGMENTS = 3
# The longest that French dates get, and a long name: what is counted before there is a patient.
SAMPLE = {
    "practitioner": "Marie-Charlotte Lefèvre",
    "practice": "Cabinet de sages-femmes des Lilas",
    "date": "mercredi 30 septembre",
    "time": "09:00",
    "link": "https://rendez-vous.example/a/Zx3kVb8Qw2LmN4pR/",
}
_PLACEHOLDER = r"\{(\w+)\}"
_GSM = "gsm03.38"
_LAST = 0x20AC  # the euro, the farthest letter of that alphabet
_ALPHABET = frozenset(c for c in map(chr, range(_LAST + 1)) if c.encode(_GSM, "ignore"))
_SINGLE, _SEVERAL = {True: 160, False: 70}, {True: 153, False: 67}
# As good in the GSM alphabet, and shorter than what a general table gives.
_TYPOGRAPHY = str.maketrans({"«": '"', "»": '"', "\u00a0": " ", "\u202f": " ", "…": "..."})


@dataclass(frozen=True)
class Measure:
    """``foreign``: the characters that are not in the GSM alphabet, each once, in order."""

    segments: int
    length: int
    foreign: str

    @property
    def is_gsm(self) -> bool:
        return not self.foreign


def measure(text: str) -> Measure:
    foreign = "".join(dict.fromkeys(c for c in text if c not in _ALPHABET))
    gsm = not foreign
    # Units that one character takes: two for an escaped one ("€", "[") or one beyond 16 bits.
    units = [len(c.encode(_GSM)) if gsm else len(c.encode("utf-16-le")) // 2 for c in text]
    length = sum(units)
    if length <= _SINGLE[gsm]:
        return Measure(1, length, foreign)
    segments, room = 1, _SEVERAL[gsm]
    for unit in units:  # a pair is never cut in two
        if unit > room:
            segments, room = segments + 1, _SEVERAL[gsm]
        room -= unit
    return Measure(segments, length, foreign)


def in_gsm_letters(text: str) -> str:
    """The same in the GSM alphabet: "ç" becomes "c", "’" becomes "'"."""
    plain = text.translate(_TYPOGRAPHY)
    written = "".join(c if c in _ALPHABET else anyascii(c) for c in plain)
    return "".join(c for c in written if c in _ALPHABET)


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """``template`` was checked when it was saved: its placeholders are known."""
    return re.sub(_PLACEHOLDER, lambda found: values[found[1]], template)


def validate_sms_template(template: str) -> None:
    """Known placeholders, the date and the time among them, no other brace, not too long."""
    names = re.findall(_PLACEHOLDER, template)
    for name in names:
        if name not in PLACEHOLDERS:
            raise ValidationError(_("{%(name)s} is not known."), params={"name": name})
    if re.search(r"[{}]", re.sub(_PLACEHOLDER, "", template)):
        raise ValidationError(_("Braces are kept for what Maia fills in."))
    for name in NEEDED:
        if name not in names:
            raise ValidationError(
                _("Without {%(name)s} the patient does not know when."), params={"name": name}
            )
    if measure(fill_in(template, SAMPLE)).segments > MAX_SEGMENTS:
        raise ValidationError(_("This is longer than three SMS."))


def validate_sms_sender_name(value: str) -> None:
    """What networks carry as an alphanumeric sender: 3 to 11 letters and digits, one a letter."""
    if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}", value):
        raise ValidationError(
            _("3 to 11 letters without accents and digits, no space: CabinetLilas is too long.")
        )
