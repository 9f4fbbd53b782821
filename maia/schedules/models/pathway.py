"""The appointments that a pregnancy asks for, in the practice's order (rule 3.9.5)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maia.availability.pregnancy import LAST_DAY, LAST_WEEK, Unit, Window
from maia.practices.models import Practice
from maia.schedules.models.types import UNITS, AppointmentType

MOST_STEPS = 30  # of a practice


class PathwayStep(models.Model):
    """One of them: of which type, and when. The same type may come several times."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="pathway")
    type = models.ForeignKey(
        AppointmentType, models.CASCADE, related_name="steps", verbose_name=_("appointment type")
    )
    # As patients read it; empty: as the type is called.
    name = models.CharField(_("name"), max_length=100, blank=True)
    unit = models.CharField(_("counted"), max_length=16, choices=UNITS, default=Unit.WEEKS.value)
    first = models.PositiveSmallIntegerField(_("from"))
    last = models.PositiveSmallIntegerField(_("to, included"))
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects: ClassVar[models.Manager[Any]]

    class Meta:
        verbose_name = _("step of the pathway")
        verbose_name_plural = _("pathway")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=F("last"))
                & (
                    Q(unit=Unit.WEEKS.value, last__lte=LAST_WEEK)
                    | Q(unit=Unit.DAYS_AFTER_BIRTH.value, last__lte=LAST_DAY)
                ),
                name="step_window",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.type.name

    @property
    def window(self) -> Window:
        return Window(Unit(self.unit), self.first, self.last)
