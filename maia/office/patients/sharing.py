"""An address that is on another record as well: kept on both on purpose only."""

from typing import NamedTuple

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from maia.patients.models import Patient
from maia.practices.seats import Seat
from maia.privacy.reading import find_sharing

NAMED = 3
KEPT = "same_address"  # what the box posts: the address that she has read about


class Ask(NamedTuple):
    """The box under a field that is asked about."""

    name: str
    value: str
    words: str


def ask_about_address(form: forms.BaseForm, seat: Seat, record: Patient) -> None:
    """Refuses a new address of ``record`` that others have, naming them, until its box is ticked."""
    email = form.cleaned_data.get("email")
    if not email or "email" not in form.changed_data or form.data.get(KEPT) == email:
        return
    others = find_sharing(seat, record, email, NAMED, now=timezone.now())
    if not others:
        return
    names = ", ".join(other.name for other in others)
    words = _(
        "%(names)s has this address already: messages of both would go there, and nobody would find her "
        "record by it when signing in."
    )
    form.add_error("email", words % {"names": names})
    form.fields["email"].asks = Ask(KEPT, email, _("Keep this address on both records"))  # type: ignore[attr-defined]
