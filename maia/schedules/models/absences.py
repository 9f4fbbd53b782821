"""When a practitioner is away (rule 3.1)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Practitioner
from maia.schedules.models.calendars import ExternalCalendar


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def by_hand(self) -> Self:
        """Not those that an external calendar brings and takes away."""
        return self.filter(calendar=None)


class Absence(models.Model):
    """Time when a practitioner is away: it closes, whatever her hours say."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="absences")
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    series = models.UUIDField(null=True, blank=True, editable=False)  # of one repetition
    calendar = models.ForeignKey(
        ExternalCalendar, models.CASCADE, null=True, blank=True, related_name="absences"
    )

    objects: ClassVar[models.Manager[Any]] = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["start"]
        indexes = [models.Index(fields=["practitioner", "end"], name="absence_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="absence_range_order"),
        ]

    def __str__(self) -> str:
        return self.title
