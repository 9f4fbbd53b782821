"""Taking time that is taken already: after it was said by what, and nothing more."""

from collections.abc import Callable
from typing import TypeVar

from django.utils import timezone

from maia.appointments.agenda import agenda_of
from maia.appointments.exceptions import Overlaps
from maia.office.access import OfficeRequest
from maia.office.meant import is_meant
from maia.office.personal.words import met_in_words
from maia.practices.models import Practitioner

Made = TypeVar("Made")


def as_meant(
    request: OfficeRequest, button: str, there: Practitioner, act: Callable[..., Made]
) -> Made:
    """Does it, over what she was warned of, if ``button`` says so. Nobody books meanwhile ``there``.
    Raises `Overlaps` where it meets anything else."""
    with agenda_of(there):
        try:
            return act(allow_overlap=False)
        except Overlaps as refusal:
            met = met_in_words(request.seat, there, refusal, now=timezone.now())
            if not is_meant(request, button, met.warning):
                raise
        return act(allow_overlap=True)
