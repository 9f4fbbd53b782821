"""Whose agenda something goes into, chosen from the team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Practitioner

HAS_LEFT = _("This colleague has left.")


class ColleagueField(forms.ModelChoiceField):
    """Its form sets who is there. Whoever was offered and has left meanwhile is refused by that."""

    default_error_messages = {"invalid_choice": HAS_LEFT}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Practitioner.objects.none(), **kwargs)
