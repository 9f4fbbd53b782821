"""*Save anyway* means in spite of what was shown, and of nothing that came since.

The button of a page that warns carries the mark of its warning. Where the time was changed
afterwards, or somebody has booked meanwhile, the warning is another one and is shown anew.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar

from maia.appointments.agenda import agenda_of
from maia.appointments.exceptions import BookingRefused, may_be_on_purpose
from maia.office.access import OfficeRequest
from maia.patients.models import Patient
from maia.practices.models import Practitioner

Made = TypeVar("Made")


def mark_of(warning: Sequence[object]) -> str:
    """Of a warning's sentences or rows, in their order."""
    return sha256("\n".join(map(str, warning)).encode()).hexdigest()[:16]


def is_meant(request: OfficeRequest, button: str, warning: Sequence[object]) -> bool:
    return request.POST.get(button) == mark_of(warning)


def as_meant(
    request: OfficeRequest,
    button: str,
    act: Callable[..., Made],
    warning: Callable[[BookingRefused], Sequence[object]],
    *agendas: Practitioner,
    holding: Patient | Sequence[Patient] | None = None,
) -> Made:
    """Does ``act``, which takes ``allow_overlap``: over what it meets where ``button`` carries the mark of
    that ``warning``, and of nothing else. Raises what ``act`` does.

    Nobody books between the question and the act: ``agendas`` are all those that the act changes,
    ``holding`` the records that it holds, in the one order in which `agenda_of` takes them.
    """
    if not request.POST.get(button):
        return act(allow_overlap=False)
    with agenda_of(*agendas, holding=holding):
        try:
            return act(allow_overlap=False)
        except BookingRefused as refusal:
            if not may_be_on_purpose(refusal) or not is_meant(request, button, warning(refusal)):
                raise
        return act(allow_overlap=True)
