"""The postcodes in which a practitioner visits at home (rule 3.8.10)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_POSTCODES = 150
LONGEST = MOST_POSTCODES * 11  # letters, with a space after each
_POSTCODE = re.compile(r"[0-9A-Z]{3,10}")


def bare(postcode: str) -> str:
    """As it is compared: without spaces and dashes, in capitals."""
    return re.sub(r"[\s\-–]", "", postcode).upper()


def read_postcodes(text: str) -> list[str]:
    """Of what is written between commas, semicolons, spaces or lines; each once, in order. Raises
    `ValidationError`."""
    codes = list(dict.fromkeys(bare(part) for part in re.split(r"[,;\s]+", text) if bare(part)))
    if wrong := next((code for code in codes if not _POSTCODE.fullmatch(code)), None):
        words = _("“%(code)s” is no postcode. Write them with spaces between: 35000 35200.")
        raise ValidationError(words % {"code": wrong[:20]})
    if len(codes) > MOST_POSTCODES:
        raise ValidationError(_("%(most)s postcodes at most.") % {"most": MOST_POSTCODES})
    return codes


def validate_postcodes(text: str) -> None:
    read_postcodes(text)
