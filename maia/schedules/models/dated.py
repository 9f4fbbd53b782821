"""Hours that are not those of the usual week: other weeks, dated periods, exceptional openings (rule 3.1)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maia.availability.dated import MOST_WEEKS
from maia.schedules.models.hours import Hours, Schedule, Turning
from maia.schedules.models.types import AppointmentType


class Period(Turning):
    """From a date to a date, or for good, other weeks replace the usual ones. Two of one schedule do not
    overlap: whoever writes one holds the schedule."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="periods")
    name = models.CharField(_("name"), max_length=80)
    first_date = models.DateField(_("from"))
    last_date = models.DateField(_("to, included"), null=True, blank=True)

    class Meta:
        verbose_name = _("period of other hours")
        verbose_name_plural = _("periods of other hours")
        ordering = ["first_date"]
        constraints: ClassVar = [
            *Turning.Meta.constraints,
            models.CheckConstraint(
                condition=Q(last_date__isnull=True) | Q(last_date__gte=F("first_date")),
                name="period_dates_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OtherHours(Hours):
    """One line of a week that takes turns with the usual one, or, of a ``period``, of any week of it.

    Apart from `OpeningHours`: a server of the version before reads those of all weeks as one.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="other_lines")
    period = models.ForeignKey(Period, models.CASCADE, null=True, blank=True, related_name="lines")
    week = models.PositiveSmallIntegerField(_("week of the turn, from 0"))
    weekday = models.PositiveSmallIntegerField(_("weekday"))

    class Meta:
        verbose_name = _("hours of another week")
        verbose_name_plural = _("hours of other weeks")
        ordering = ["week", "weekday"]
        constraints: ClassVar = [
            *Hours.Meta.constraints,
            models.UniqueConstraint(
                fields=["schedule", "week", "weekday"],
                condition=Q(period__isnull=True),
                name="other_hours_one_line_a_weekday",
            ),
            models.UniqueConstraint(
                fields=["period", "week", "weekday"], name="period_hours_one_line_a_weekday"
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), week__lt=MOST_WEEKS)
                & (Q(period__isnull=False) | Q(week__gte=1)),
                name="other_hours_week_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.weekday} {self.ranges}"


class SpecialDay(Hours):
    """A date whose hours are said whole, for all types that follow the schedule or for chosen ones."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="special_days")
    date = models.DateField(_("date"))
    title = models.CharField(_("title"), max_length=80, blank=True)
    types = models.ManyToManyField(AppointmentType, blank=True, related_name="special_days")

    class Meta:
        verbose_name = _("exceptional opening")
        verbose_name_plural = _("exceptional openings")
        ordering = ["date"]
        constraints: ClassVar = [
            *Hours.Meta.constraints,
            models.UniqueConstraint(fields=["schedule", "date"], name="special_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.title}".strip()
