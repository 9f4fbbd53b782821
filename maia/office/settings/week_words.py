"""What a week of hours gives, in a sentence a day: "jeudi : 9 créneaux de 45 min, dès 09:00"."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maia.availability.slots import day_slots
from maia.availability.weekly import WeeklyHours
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

A_MONDAY = date(2026, 6, 1)  # of a week without a clock change or a holiday


def week_in_words(
    practitioner: Practitioner, ranges: dict[int, list[tuple[int, int]]]
) -> list[str]:
    """For her first online type, in an empty week."""
    practice = practitioner.practice
    types = AppointmentType.objects.bookable_online().filter(practice=practice)
    type = next((t for t in types if t.is_offered_by(practitioner)), None)
    if type is None:
        return []
    found = day_slots(
        hours=WeeklyHours(ranges),
        dates=[A_MONDAY + timedelta(days=n) for n in range(7)],
        zone=practice.zone,
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
            "first": f"{timezone.localtime(slots[0].start, practice.zone):%H:%M}",
        }
        for day, slots in found
    ] or [_("Closed all week.")]
