"""Numbers that French registers give to professionals: checked for their shape and their key."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_rpps(value: str) -> None:
    """The register of health professionals: eleven digits, the last one a Luhn key."""
    if not re.fullmatch(r"[0-9]{11}", value) or not _has_luhn_key(value):
        raise ValidationError(_("An RPPS number has 11 digits; one of these is wrong."))


def validate_am_number(value: str) -> None:
    """The health insurance's number of a professional: nine digits, the department first
    (``2A`` and ``2B`` are Corsica)."""
    if not re.fullmatch(r"(?:[0-9]{2}|2[AB])[0-9]{7}", value):
        raise ValidationError(_("A health insurance number has 9 digits."))


def validate_siret(value: str) -> None:
    """The register of establishments: fourteen digits, the last one a Luhn key."""
    if not re.fullmatch(r"[0-9]{14}", value) or not _has_luhn_key(value):
        raise ValidationError(_("A SIRET number has 14 digits; one of these is wrong."))


def _has_luhn_key(digits: str) -> bool:
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
