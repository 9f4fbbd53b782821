"""When a practitioner works and for what (rules 3.1 and 3.2)."""

from maia.schedules.models.absences import Absence, AbsenceQuerySet
from maia.schedules.models.calendars import ExternalCalendar
from maia.schedules.models.categories import Category
from maia.schedules.models.dated import OtherHours, Period, SpecialDay
from maia.schedules.models.hours import (
    OpeningHours,
    Schedule,
    SitesOfWeek,
    Week,
    ranges_between,
)
from maia.schedules.models.pathway import MOST_STEPS, PathwayStep
from maia.schedules.models.types import (
    AppointmentType,
    AppointmentTypeQuerySet,
    TypeKey,
)

__all__ = [
    "MOST_STEPS",
    "Absence",
    "AbsenceQuerySet",
    "AppointmentType",
    "AppointmentTypeQuerySet",
    "Category",
    "ExternalCalendar",
    "OpeningHours",
    "OtherHours",
    "PathwayStep",
    "Period",
    "Schedule",
    "SitesOfWeek",
    "SpecialDay",
    "TypeKey",
    "Week",
    "ranges_between",
]
