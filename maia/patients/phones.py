"""Phone numbers as people write them, read in their practice's country (product rule 3.5)."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# A mobile of overseas France is invalid as a number of the mainland, and the other way round.
FRENCH_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")
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
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    raise NotAPhoneNumber


def is_mobile(e164: str) -> bool:
    """Whether an SMS may go there."""
    return phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE


def _regions(country: str) -> tuple[str, ...]:
    others = FRENCH_REGIONS if country in FRENCH_REGIONS else ()
    return (country, *(region for region in others if region != country))
