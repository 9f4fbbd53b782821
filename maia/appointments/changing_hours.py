"""Changing hours: what stands inside and would not any more is named before anything is kept (rule 3.1.8)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from maia.appointments.models import Appointment
from maia.appointments.stranded import stands_inside
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.writing import holding


class Stranded(Exception):
    """``appointments`` would be left outside. Nothing was written."""

    def __init__(self, appointments: Sequence[Appointment]) -> None:
        super().__init__()
        self.appointments = appointments


@contextmanager
def changing_hours(
    owner: Practitioner | AppointmentType,
    *,
    now: datetime,
    is_meant: Callable[[Sequence[Appointment]], bool],
) -> Iterator[Schedule]:
    """Her schedule, or the type's own, held while it is written to. Raises `Stranded`, unless what it
    leaves outside ``is_meant``, and `NoOwnHours`; nothing is kept then."""
    with holding(owner) as plan:
        ahead = Appointment.objects.with_details().upcoming(now)
        if isinstance(owner, Practitioner):
            ahead = ahead.filter(event__practitioner=owner)
        else:
            ahead = ahead.filter(event__type=owner)
        practice = owner.practice
        stood = stands_inside(practice)
        yield plan
        stands = stands_inside(practice)
        outside = [one for one in ahead if not stands(one) and stood(one)]
        if outside and not is_meant(outside):
            raise Stranded(outside)
