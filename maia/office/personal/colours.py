"""The colours that a personal event may have, by their names."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maia.practices.colours import NEUTRAL

COLOURS = [
    ("", _("Grey")),
    ("#1f7a5c", _("Green")),
    ("#2f6db0", _("Blue")),
    ("#0e7c86", _("Teal")),
    ("#7a4f9a", _("Purple")),
    ("#b03a6e", _("Pink")),
    ("#b3392f", _("Red")),
    ("#b8630b", _("Orange")),
    ("#e3b505", _("Yellow")),
]


class Swatches(forms.RadioSelect):
    """Each with the colour that the template draws."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        return option | {"fill": str(value) or NEUTRAL}


class ColourField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=COLOURS, required=False, widget=Swatches, **kwargs)

    def keep(self, colour: str) -> None:
        """Another program's own colour is a choice as well."""
        if colour and colour not in dict(COLOURS):
            self.choices = [*COLOURS, (colour, colour)]
