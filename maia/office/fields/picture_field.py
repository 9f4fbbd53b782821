"""A picture chosen in a form: what is wrong with it is said beside it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Picture, Practice
from maia.practices.pictures import FORMATS, Drawing, NotAPicture, draw

_WORDS = {
    "too_big": _(
        "This picture is too big: 10 MB at most, and 8 million points unless it is a photograph."
    ),
    "unreadable": _("This file cannot be read as a picture. JPEG, PNG, WebP and GIF can."),
}


class PictureField(forms.FileField):
    """Its value is a `Drawing`, or None when no file was chosen."""

    def __init__(self, *, box: tuple[int, int], fill: bool, **kwargs: Any) -> None:
        accept = ",".join(f"image/{name.lower()}" for name in FORMATS)
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(required=False, widget=widget, **kwargs)
        self.box, self.fill = box, fill

    def clean(self, data: Any, initial: Any = None) -> Drawing | None:
        file = super().clean(data, initial)
        if not file:
            return None
        try:
            return draw(file, file.size, self.box, fill=self.fill)
        except NotAPicture as refusal:
            raise ValidationError(_WORDS[refusal.code]) from None


def chosen_picture(
    typed: Mapping[str, Any], name: str, shown: Picture | None, practice: Practice
) -> Picture | None:
    """What a form's ``new_…`` and ``without_…`` fields make of the picture shown so far."""
    if typed[f"without_{name}"]:
        return None
    drawing = typed[f"new_{name}"]
    return Picture.objects.put(practice, drawing) if drawing else shown
