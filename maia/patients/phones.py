"""Phone numbers as people write them, read in their practice's country (product rule 3.5)."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# A mobile of overseas France is invalid as a number of the mainland, and the other way round.
FRENCH_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")
# Mobiles that the French regulator keeps for fiction: nobody ever answers, so the demo uses them.
_FICTION = re.compile(r"\+3363998\d{4}")
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class NotAPhoneNumber(ValueError):
    """What was typed is no number that could be called."""


def parse_phone(text: str, country: str) -> str:
    """The number in E.164. Raises `NotAPhoneNumber`."""
    for region in _regions(country):
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            continue
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) or _FICTION.fullmatch(e164):
            return e164
    raise NotAPhoneNumber


def is_mobile(e164: str) -> bool:
    """Whether an SMS may go there."""
    known = phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE
    return known or _FICTION.fullmatch(e164) is not None


def _regions(country: str) -> tuple[str, ...]:
    others = FRENCH_REGIONS if country in FRENCH_REGIONS else ()
    return (country, *(region for region in others if region != country))
