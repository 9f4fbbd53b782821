"""The regions of a country that have public holidays of their own, as the `holidays` library has them."""

import holidays
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# As people call them; the library knows the holidays.
_NAMES = {
    "FR": {
        "": _("Mainland France, without Alsace and Moselle"),
        "6AE": _("Alsace (67 and 68)"),
        "57": _("Moselle (57)"),
        "971": _("Guadeloupe (971)"),
        "972": _("Martinique (972)"),
        "973": _("French Guiana (973)"),
        "974": _("Réunion (974)"),
        "976": _("Mayotte (976)"),
        "BL": _("Saint-Barthélemy"),
        "MF": _("Saint-Martin"),
        "PM": _("Saint-Pierre-et-Miquelon"),
        "NC": _("New Caledonia"),
        "PF": _("French Polynesia"),
        "WF": _("Wallis and Futuna"),
    }
}
_OF_ZONES = {
    "America/Cayenne": "973",
    "America/Guadeloupe": "971",
    "America/Marigot": "MF",
    "America/Martinique": "972",
    "America/Miquelon": "PM",
    "America/St_Barthelemy": "BL",
    "Indian/Mayotte": "976",
    "Indian/Reunion": "974",
    "Pacific/Gambier": "PF",
    "Pacific/Marquesas": "PF",
    "Pacific/Noumea": "NC",
    "Pacific/Tahiti": "PF",
    "Pacific/Wallis": "WF",
}


LONGEST_REGION = 6  # characters of a code


def regions_of(country: str) -> list[tuple[str, str]]:
    """Codes with their names, to choose from; the first, an empty one, is the rest of the country.
    Only that one for a country that the library does not know."""
    codes = holidays.list_supported_countries(include_aliases=False).get(country, [])
    if country in _NAMES:
        named = _NAMES[country]
        return [(code, str(name)) for code, name in named.items() if not code or code in codes]
    regions = [("", str(_("The whole country")))]
    if codes:
        aliases = holidays.country_holidays(country).subdivisions_aliases
        names = {code: name for name, code in aliases.items()}
        regions += [(c, names.get(c, c)) for c in codes if len(c) <= LONGEST_REGION]
    return regions


def region_of_zone(country: str, time_zone: str) -> str:
    """Where a practice in this time zone is, if it says so: ``974`` for ``Indian/Reunion``."""
    return _OF_ZONES.get(time_zone, "") if country == "FR" else ""


def validate_region(country: str, region: str) -> None:
    """Raises `ValidationError`: one that is not known would open every public holiday."""
    if region not in dict(regions_of(country)):
        raise ValidationError(_("This region is not known."), code="holiday_region")
