"""A phone number typed in a form of the practice: optional, landlines too."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maia.patients.phones import NotAPhoneNumber, parse_phone


def clean_phone(typed: str, country: str) -> str:
    """In E.164, or empty. Raises `ValidationError` in words."""
    if not typed.strip():
        return ""
    try:
        return parse_phone(typed.strip(), country)
    except NotAPhoneNumber:
        raise ValidationError(_("This is not a phone number.")) from None
