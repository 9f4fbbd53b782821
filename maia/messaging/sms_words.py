"""What an SMS says: never the kind of consultation, never the patient's name (product rule 3.6)."""

from django.utils.translation import gettext as _


def default_template() -> str:
    """In the language that is active."""
    return _(
        "Reminder: appointment on {date} at {time} with {practitioner}. Move or cancel: {link}"
    )
