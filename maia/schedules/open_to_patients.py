"""Whether patients can book in a practice at all, and what keeps them from it if not."""

from enum import StrEnum

from django.db.models import Exists, Q

from maia.practices.models import Practice
from maia.schedules.models import AppointmentType, OpeningHours


class Missing(StrEnum):
    TYPE = "type"  # none is booked online, or nobody who is offers it
    PRACTITIONER = "practitioner"  # nobody is booked online
    HOURS = "hours"  # neither one of them nor one of the types has any


def what_keeps_patients_out(practice: Practice) -> Missing | None:
    """The first thing that is missing before any time is free; None: nothing is. One query."""
    types = AppointmentType.objects.bookable_online().filter(practice=practice)
    people = practice.practitioners.bookable_online()
    hours = OpeningHours.objects.filter(
        Q(schedule__practitioner__in=people) | Q(schedule__appointment_type__in=types)
    )
    has = Practice.objects.filter(pk=practice.pk).values(
        type=Exists(types),
        listed=Exists(types.listed()),
        practitioner=Exists(people),
        hours=Exists(hours),
    )[0]
    has["type"] = has["listed"] or (has["type"] and not has["practitioner"])
    return next((missing for missing in Missing if not has[missing.value]), None)
