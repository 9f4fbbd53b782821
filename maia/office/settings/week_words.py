"""What a week of hours gives, in a sentence a day: "jeudi : 9 créneaux de 45 min, dès 09:00"."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maia.appointments.sites import names_of_sites
from maia.availability.slots import day_slots
from maia.availability.weekly import WeeklyHours
from maia.office.settings.turn_form import week_name
from maia.office.settings.whose import Owner
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType
from maia.schedules.written import WrittenHours

A_MONDAY = date(2026, 6, 1)  # of a week without a clock change or a holiday


class WeekSaid(NamedTuple):
    """``name``: of a week that takes turns."""

    name: str
    sentences: list[str]


def turn_in_words(owner: Owner, written: WrittenHours) -> list[WeekSaid]:
    """Each week, for the type whose hours they are, or for her first online type; nothing without one."""
    type = owner.type or _first_type(owner.practitioner)
    if type is None:
        return []
    names = names_of_sites(written.named_sites)
    weeks = zip(written.weeks(), written.sites_of_weeks(), strict=True)
    return [
        WeekSaid(
            week_name(written.count, n),
            week_in_words(type, week, {day: names.get(key, "") for day, key in sites.items()}),
        )
        for n, (week, sites) in enumerate(weeks)
    ]


def _first_type(practitioner: Practitioner) -> AppointmentType | None:
    types = AppointmentType.objects.bookable_online().filter(practice=practitioner.practice)
    types = types.prefetch_related("some")
    return next((type for type in types if type.is_offered_by(practitioner)), None)


def week_in_words(
    type: AppointmentType,
    ranges: dict[int, list[tuple[int, int]]],
    sites: Mapping[int, str] = MappingProxyType({}),
) -> list[str]:
    """In an empty week. ``sites``: the names of those of weekdays that are not at the main one."""
    zone = type.practice.zone
    found = day_slots(
        hours=WeeklyHours(ranges),
        dates=[A_MONDAY + timedelta(days=n) for n in range(7)],
        zone=zone,
        shape=type.shape,
    )
    return [
        ngettext(
            "%(day)s: %(count)d slot of %(minutes)d min, first at %(first)s",
            "%(day)s: %(count)d slots of %(minutes)d min, first at %(first)s",
            len(slots),
        )
        % {
            "day": str(WEEKDAYS[day.weekday()]).capitalize(),
            "count": len(slots),
            "minutes": type.duration_minutes,
            "first": f"{timezone.localtime(slots[0].start, zone):%H:%M}",
        }
        + (f" · {name}" if (name := sites.get(day.weekday())) else "")
        for day, slots in found
    ] or [_("Closed all week.")]
