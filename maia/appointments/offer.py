"""Whether a practitioner offers a type, on a date: asked by slots, booking, moving."""

from datetime import date

from maia.appointments.exceptions import NotBookable
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason


def why_closed(type: AppointmentType, practitioner: Practitioner, *, online: bool) -> Reason | None:
    """Whether nothing of it may be put into her agenda, whosever the type is. No query."""
    if online and type.practice.is_suspended:
        return Reason.SUSPENDED
    if online and not (type.is_bookable_online and practitioner.is_bookable_online):
        return Reason.NOT_ONLINE
    if type.archived or not practitioner.is_active:
        return Reason.NO_LONGER
    if type.practice_id != practitioner.practice_id:
        return Reason.NOT_THIS_PRACTITIONER
    return None


def why_not_offered(
    type: AppointmentType,
    practitioner: Practitioner,
    *,
    online: bool,
    day: date,
    or_later: bool = False,
) -> Reason | None:
    """None if she offers it on ``day``, a local date, ``or_later``; ``online``: to patients (rules 3.2 and
    3.4). No query, but one of each practitioner whose type it is not: she may replace whose it is."""
    why_not = why_closed(type, practitioner, online=online)
    if why_not is not None or type.is_offered_by(practitioner):
        return why_not
    for one in practitioner.takes_over:
        holds = day <= one.last_date if or_later else one.holds_on(day)
        replaced = one.practitioner
        open_there = replaced.is_active and (replaced.allow_online_booking or not online)
        if holds and open_there and type.is_offered_by(replaced):
            return None
    return Reason.NOT_THIS_PRACTITIONER
