"""Phone numbers as people write them, read in their practice's country (rule 3.5)."""

import re
import unicodedata

import phonenumbers
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

# A mobile of overseas France is invalid as a number of the mainland, and the other way round.
FRENCH_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF")
# Mobiles that the French regulator keeps for fiction: nobody ever answers, so the demo uses them.
_FICTION = re.compile(r"\+3363998\d{4}")
_LETTERS = re.compile(r"[^\W\d_]+")  # the library would dial them
_BETWEEN_TWO = re.compile(r"[/;,|\n\t]|\s(?:ou|et|or|and|-|–)\s")
_LONGEST = 120  # characters of a cell
LONGEST_TYPED = 60  # of a field: room for two, which are called so
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class NotAPhoneNumber(ValueError):
    """What was typed is no number that could be called."""


class SeveralNumbers(NotAPhoneNumber):
    """Two that could be called, in the place of one."""


def parse_phone(text: str, country: str) -> str:
    """The number in E.164, of dots, spaces, `0033` or a word around it. Raises `NotAPhoneNumber`, and
    `SeveralNumbers`."""
    number = _read(text, country)
    if number is not None:
        return number
    parts = _parts(text)
    if len(parts) > 1 and all(_read(part, country) for part in parts):
        raise SeveralNumbers
    raise NotAPhoneNumber


def typed_phone(text: str, country: str) -> str:
    """As `parse_phone`, of a field: whoever types there leaves the words out. Raises `NotAPhoneNumber` of
    letters as well, between which the library finds a number in anything."""
    number = parse_phone(text, country)
    if _LETTERS.search(unicodedata.normalize("NFKC", text)):
        raise NotAPhoneNumber
    return number


def _parts(text: str) -> list[str]:
    """Of what is written between strokes or words; or halves, of digits without anything between."""
    text = text[:_LONGEST]
    parts = [part for part in _BETWEEN_TWO.split(text) if part.strip()]
    places = [match.start() for match in re.finditer(r"\+|\d", text)]
    if len(parts) == 1 and len(places) % 2 == 0 and places:
        middle = places[len(places) // 2]
        parts = [text[:middle], text[middle:]]
    return parts


def _read(text: str, country: str) -> str | None:
    text = _LETTERS.sub(" ", unicodedata.normalize("NFKC", text[:_LONGEST])).strip()
    for region in _regions(country):
        try:
            number = phonenumbers.parse(text, region)
        except NumberParseException:
            continue
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) or _FICTION.fullmatch(e164):
            return e164
    return None


def parse_phones(text: str, country: str) -> list[str]:
    """The numbers of one cell, in E.164 and in their order: people write two with a stroke or a
    word between. Raises `NotAPhoneNumber` if a part of it is none."""
    try:
        return [parse_phone(text, country)]
    except NotAPhoneNumber:
        parts = _parts(text)
        if len(parts) < 2:
            raise
    return list(dict.fromkeys(parse_phone(part, country) for part in parts))


def is_mobile(e164: str) -> bool:
    """Whether an SMS may go there."""
    known = phonenumbers.number_type(phonenumbers.parse(e164)) in _MOBILE
    return known or _FICTION.fullmatch(e164) is not None


def _regions(country: str) -> tuple[str, ...]:
    others = FRENCH_REGIONS if country in FRENCH_REGIONS else ()
    return (country, *(region for region in others if region != country))


NUMBERS = ("mobile", "phone", "contact_phone")  # of a record


class WrittenNumber(PhoneNumber):  # type: ignore[misc]
    """A number that was judged and written in E.164 once, for who asks thousands."""

    _valid: bool
    _e164: str

    def is_valid(self) -> bool:
        return self._valid

    def __str__(self) -> str:
        return self._e164

    def format_as(self, format: int) -> str:
        e164 = PhoneNumber.format_map["E164"]
        return self._e164 if format == e164 and self._valid else str(super().format_as(format))


def as_written(number: PhoneNumber | str | None) -> PhoneNumber | str:
    """The same number; empty for none."""
    if not number:
        return ""
    parsed: PhoneNumber = number if not isinstance(number, str) else PhoneNumber.from_string(number)
    written = WrittenNumber()
    written.merge_from(parsed)
    written._valid, written._e164 = parsed.is_valid(), str(parsed)
    return written
