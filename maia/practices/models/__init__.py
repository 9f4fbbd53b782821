"""The tenant and its professionals, with each one's booking rules (rules 3.1, 3.5)."""

from maia.practices.models.places import Place, PlaceKind, Travel
from maia.practices.models.practice import FormerSlug, Practice, Suspension, one_line
from maia.practices.models.replacements import Replacement
from maia.practices.models.rooms import Room
from maia.practices.models.shown import Picture, Website
from maia.practices.models.team import Membership, Practitioner

# Where migrations look for them.
from maia.practices.registers import validate_rpps
from maia.practices.validators import validate_colour, validate_slug, validate_time_zone

__all__ = [
    "FormerSlug",
    "Membership",
    "Picture",
    "Place",
    "PlaceKind",
    "Practice",
    "Practitioner",
    "Replacement",
    "Room",
    "Suspension",
    "Travel",
    "Website",
    "one_line",
    "validate_colour",
    "validate_rpps",
    "validate_slug",
    "validate_time_zone",
]
