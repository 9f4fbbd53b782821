"""Whom a practitioner replaces, as patients are told (rule 3.10.5)."""

from datetime import datetime

from django.utils.translation import gettext as _

from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType


def replaces(practitioner: Practitioner, type: AppointmentType | None, start: datetime) -> str:
    """*replaces Camille Lefèvre*: of a type that this one offers, on a day on which she takes over; else
    empty. One query, none where it is known."""
    if type is None:
        return ""
    day = start.astimezone(practitioner.practice.zone).date()
    names = [
        one.practitioner.name
        for one in practitioner.takes_over
        if one.holds_on(day) and type.is_offered_by(one.practitioner)
    ]
    return _("replaces %(name)s") % {"name": ", ".join(names)} if names else ""
