"""At which site of its practice an appointment is (rule 3.8.4)."""

from collections.abc import Iterable
from datetime import datetime

from maia.appointments.slots import site_on
from maia.practices.models import Place, PlaceKind, Practitioner
from maia.schedules.models import AppointmentType


def site_of(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    chosen: Place | None = None,
) -> int | None:
    """The key of the site that was ``chosen``, else of that of her hours on the date; None where the
    type happens at none, or the practice has no sites. One query, or none."""
    if type.place != PlaceKind.SITE:
        return None
    if chosen is not None:
        return chosen.pk
    return site_on(type, practitioner, start.astimezone(type.practice.zone).date())


def offered_site(
    type: AppointmentType, practitioner: Practitioner, start: datetime
) -> Place | None:
    """The site of what is offered then. Two queries at most."""
    key = site_of(type, practitioner, start)
    return None if key is None else Place.objects.get(pk=key)


def names_of_sites(keys: Iterable[int | None]) -> dict[int | None, str]:
    """By key. One query, or none of a practice that has no sites."""
    known = {key for key in keys if key is not None}
    if not known:
        return {}
    return dict(Place.objects.filter(pk__in=known).values_list("pk", "name"))
