"""Who takes over from whom, between two dates (rule 3.10)."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maia.practices.models.practice import Practice
from maia.practices.models.team import Practitioner


class ReplacementQuerySet(models.QuerySet["Replacement"]):
    def meeting(self, first: date, last: date) -> Self:
        """Those that have a date from ``first`` to ``last``, both included."""
        return self.filter(first_date__lte=last, last_date__gte=first)

    def not_over(self, today: date) -> Self:
        return self.filter(last_date__gte=today)

    def with_names(self) -> Self:
        return self.select_related("practitioner", "substitute")


class Replacement(models.Model):
    """From one date to another, both included, the substitute offers what ``practitioner`` offers, who
    offers nothing. `maia.schedules.replacements` writes it."""

    class Hours(models.TextChoices):
        SUBSTITUTE = "substitute", _("the substitute’s own hours")
        REPLACED = "replaced", _("the hours of who is replaced")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="replacements")
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="replacements", verbose_name=_("replaced")
    )
    substitute = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="substitutions", verbose_name=_("substitute")
    )
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    hours = models.CharField(
        _("hours"), max_length=10, choices=Hours.choices, default=Hours.SUBSTITUTE
    )

    objects: ClassVar[models.Manager[Any]] = ReplacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        ordering = ["first_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_date__lte=F("last_date")), name="replacement_dates_order"
            ),
            models.CheckConstraint(
                condition=~Q(practitioner=F("substitute")), name="replacement_of_another"
            ),
            models.CheckConstraint(
                condition=Q(hours__in=["substitute", "replaced"]), name="replacement_hours_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} – {self.last_date}"

    def holds_on(self, day: date) -> bool:
        return self.first_date <= day <= self.last_date
