"""Whether a practitioner offers a type at all, whatever the time: asked by slots, booking, moving."""

from maia.appointments.exceptions import NotBookable
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason


def why_not_offered(
    type: AppointmentType, practitioner: Practitioner, *, online: bool
) -> Reason | None:
    """None if she offers it; ``online``: to patients (rules 3.2 and 3.4). No query."""
    if online and type.practice.is_suspended:
        return Reason.SUSPENDED
    if online and not (type.is_bookable_online and practitioner.is_bookable_online):
        return Reason.NOT_ONLINE
    if type.archived or not practitioner.is_active:
        return Reason.NO_LONGER
    if not type.is_offered_by(practitioner) or type.practice_id != practitioner.practice_id:
        return Reason.NOT_THIS_PRACTITIONER
    return None
