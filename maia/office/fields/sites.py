"""At which site something is: a choice that only a practice with several shows."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Place, Practice
from maia.schedules.sites import sites_to_choose


def add_site(form: forms.BaseForm, practice: Practice) -> None:
    """A field ``place``, where there is a choice: whatever is left empty is where the hours are."""
    _add(form, sites_to_choose(practice), None)


def add_site_of(form: forms.BaseForm, practice: Practice, at: Place | None) -> Place | None:
    """The same of what is there already, ``at`` a site or at none that is named, which is the main one. Where it
    is."""
    sites = sites_to_choose(practice)
    at = at or next((site for site in sites if site.is_main), None)
    _add(form, sites, at)
    return at


def _add(form: forms.BaseForm, sites: list[Place], at: Place | None) -> None:
    if not sites:
        return
    keys = {site.pk for site in sites} | ({at.pk} if at else set())
    form.fields["place"] = forms.ModelChoiceField(
        Place.objects.filter(pk__in=keys),
        label=_("Where"),
        required=False,
        empty_label=_("Where the hours are"),
        initial=at,
    )


class SiteField(forms.TypedChoiceField):
    """Its value is a key; None for the main site. ``at``: where it is now, be it a site that was given up."""

    def __init__(self, sites: Sequence[Place], at: int | None = None, **more: Any) -> None:
        named = [(site.as_stored and site.pk, site.name) for site in sites]
        if at is not None and at not in [key for key, _name in named]:
            named += list(Place.objects.filter(pk=at).values_list("pk", "name"))
        choices = [("" if key is None else str(key), name) for key, name in named]
        super().__init__(
            choices=choices, coerce=int, empty_value=None, required=False, initial=at, **more
        )
