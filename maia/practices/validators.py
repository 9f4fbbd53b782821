"""What a practice may be called, and how it writes colours and time zones."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

COLOUR = r"^#[0-9a-f]{6}$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# First path segments that are ours: a practice there could not be reached.
RESERVED_SLUGS = frozenset(
    [
        "a",
        "accounts",
        "admin",
        "agenda",
        "aide",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "cabinet",
        "cabinets",
        "confidentialite",
        "metrics",
        "contact",
        "demo",
        "docs",
        "embed",
        "favicon",
        "feeds",
        "healthz",
        "help",
        "hooks",
        "invitation",
        "i18n",
        "l",
        "legal",
        "login",
        "logout",
        "maia",
        "media",
        "mentions-legales",
        "mes-rendez-vous",
        "mon-compte",
        "metrics",
        "new",
        "nouveau",
        "office",
        "pro",
        "robots",
        "static",
        "status",
        "support",
        "theme",
        "well-known",
        "www",
    ]
)


def validate_colour(value: str) -> None:
    RegexValidator(COLOUR, _("A colour is written #rrggbb, for instance #1f7a5c."))(value)


def validate_time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValidationError(_("This time zone is not known."), code="time_zone") from None


def validate_slug(value: str) -> None:
    RegexValidator(SLUG, _("Use lowercase letters, digits and hyphens."))(value)
    if value in RESERVED_SLUGS:
        raise ValidationError(_("This address is kept for Maia itself."), code="reserved")
