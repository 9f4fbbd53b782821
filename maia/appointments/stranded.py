"""Appointments to come that a new schedule would leave outside its hours."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from maia.appointments.models import Appointment
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import WeeklyHours, lay_out
from maia.practices.models import Practitioner


def stranded(
    practitioner: Practitioner,
    hours: dict[int, list[tuple[int, int]]],
    *,
    now: datetime,
) -> list[Appointment]:
    """In order. Those of types with a schedule of their own do not follow the general one."""
    ahead: Iterable[Appointment] = (
        Appointment.objects.with_details()
        .upcoming(now)
        .filter(event__practitioner=practitioner, event__type__own_schedule=None)
    )
    zone, week = practitioner.practice.zone, WeeklyHours(hours)
    outside = []
    for appointment in ahead:
        day = appointment.start.astimezone(zone).date()
        dates = [day, day + timedelta(days=1)]
        opened = merge(interval for _, laid in lay_out(week, dates, zone) for interval in laid)
        if subtract([Interval(appointment.start, appointment.end)], opened):
            outside.append(appointment)
    return outside
