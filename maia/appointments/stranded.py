"""Appointments to come that new hours would leave outside."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from maia.appointments.models import Appointment
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import WeeklyHours, lay_out
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType, Schedule

Hours = Mapping[int, list[tuple[int, int]]]  # minutes of the day, by weekday


def stranded(practitioner: Practitioner, hours: Hours, *, now: datetime) -> list[Appointment]:
    """Of her general hours. In order; types with a schedule of their own do not follow them."""
    ahead = (
        Appointment.objects.with_details()
        .upcoming(now)
        .filter(event__practitioner=practitioner, event__type__own_schedule=None)
    )
    week = WeeklyHours(hours)
    return _outside(ahead, lambda _practitioner: week)


def stranded_of_type(
    type: AppointmentType, hours: Hours | None, *, now: datetime
) -> list[Appointment]:
    """Of a type's own hours; None: it follows each practitioner's general ones from now on."""
    ahead = Appointment.objects.with_details().upcoming(now).filter(event__type=type)
    if hours is not None:
        own = WeeklyHours(hours)
        return _outside(ahead, lambda _practitioner: own)
    plans = Schedule.objects.filter(practitioner__practice=type.practice).prefetch_related("lines")
    general = {plan.practitioner_id: WeeklyHours(plan.hours()) for plan in plans}
    return _outside(ahead, lambda pk: general.get(pk, WeeklyHours({})))


def _outside(
    ahead: Iterable[Appointment], hours_of: Callable[[int], WeeklyHours]
) -> list[Appointment]:
    outside = []
    for appointment in ahead:
        zone = appointment.practice.zone
        day = appointment.start.astimezone(zone).date()
        dates = [day, day + timedelta(days=1)]
        week = hours_of(appointment.event.practitioner_id)
        opened = merge(interval for _, laid in lay_out(week, dates, zone) for interval in laid)
        if subtract([Interval(appointment.start, appointment.end)], opened):
            outside.append(appointment)
    return outside
