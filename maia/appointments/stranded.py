"""Appointments to come that new hours would leave outside, and that stand inside of those of today."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import cache

from maia.appointments.models import Appointment
from maia.availability.dated import DatedHours
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import lay_out
from maia.practices.models import PlaceKind, Practice, Practitioner
from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.written import PREFETCHED, WrittenHours

Said = dict[int, WrittenHours]  # by practitioner, or by type


def stranded(
    owner: Practitioner | AppointmentType, wanted: WrittenHours | None, *, now: datetime
) -> list[Appointment]:
    """By her general hours, or by the type's own, as they are ``wanted``; None: the type follows each
    practitioner's general ones from now on. In order. Public holidays apart: what stands on one was put there
    on purpose."""
    ahead = Appointment.objects.with_details().upcoming(now)
    general, own = _general(owner.practice), _own(owner.practice)
    stood = _inside(general, own)
    if isinstance(owner, Practitioner):
        ahead = ahead.filter(event__practitioner=owner)
        stands = _inside(general | {owner.pk: wanted or WrittenHours()}, own)
    else:
        ahead = ahead.filter(event__type=owner)
        others = {pk: hours for pk, hours in own.items() if pk != owner.pk}
        stands = _inside(general, others if wanted is None else others | {owner.pk: wanted})
    return [one for one in ahead if not stands(one) and stood(one)]


def taken_off(
    type: AppointmentType,
    before: Collection[int] | None,
    after: Collection[int] | None,
    *,
    now: datetime,
) -> list[Appointment]:
    """By the keys of whose it is and would be, None for every practitioner's: those of whoever offers it no
    more. In order."""
    if after is None:
        return []
    ahead = Appointment.objects.with_details().upcoming(now).filter(event__type=type)
    ahead = ahead.exclude(event__practitioner__in=after)
    if before is not None:
        ahead = ahead.filter(event__practitioner__in=before)
    return list(ahead)


def stands_inside(practice: Practice) -> Callable[[Appointment], bool]:
    """Whether an appointment lies within what is said of hours now."""
    return _inside(_general(practice), _own(practice))


def _inside(general: Said, own: Said) -> Callable[[Appointment], bool]:
    """Whether an appointment lies within the hours of its type and practitioner, at their site."""

    @cache
    def hours(practitioner: int, type: int) -> DatedHours:
        usual = general.get(practitioner, WrittenHours())
        return usual.replaced_by(own[type], type) if type in own else usual.dated(type)

    def is_inside(appointment: Appointment) -> bool:
        zone = appointment.practice.zone
        day = appointment.start.astimezone(zone).date()
        held = hours(appointment.event.practitioner_id, appointment.type.pk)
        days = lay_out(held, [day, day + timedelta(days=1)], zone)
        opened = merge(interval for _day, intervals in days for interval in intervals)
        place, site = appointment.event.place, held.site_on(day)
        # What names no site is at the main one, which hours name by none.
        there = None if place is None or place.is_main else place.pk
        if appointment.type.place == PlaceKind.SITE and site != there:
            return False
        return not subtract([Interval(appointment.start, appointment.end)], opened)

    return is_inside


def _general(practice: Practice) -> Said:
    plans = Schedule.objects.filter(practitioner__practice=practice)
    plans = plans.prefetch_related(*PREFETCHED)
    return {plan.practitioner_id: WrittenHours.of(plan) for plan in plans if plan.practitioner_id}


def _own(practice: Practice) -> Said:
    plans = Schedule.objects.filter(appointment_type__practice=practice)
    plans = plans.prefetch_related(*PREFETCHED)
    return {
        plan.appointment_type_id: WrittenHours.of(plan)
        for plan in plans
        if plan.appointment_type_id
    }
