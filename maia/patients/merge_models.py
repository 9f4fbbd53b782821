"""A merge of two records, for a day: the way back. Then it goes, and with it what it holds."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    # Where the other record went. That one merged in its turn, this row goes with it.
    kept = models.ForeignKey("patients.Patient", models.CASCADE, related_name="merges")
    at = models.DateTimeField(_("when"))
    # The other record, what the kept one was, and the keys of the rows that moved: see `merging`.
    # Empty where they were too many.
    way_back = models.JSONField(default=dict, editable=False)

    objects: ClassVar[models.Manager[Any]]

    class Meta:
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of two records")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="merge_by_age")]

    def __str__(self) -> str:
        return f"{self.kept_id} {self.at:%Y-%m-%d %H:%M}"

    @property
    def name(self) -> str:
        """Whose record went into the kept one; empty where nobody knows any more."""
        was: dict[str, str] = self.way_back.get("other", {})
        return f"{was.get('first_name', '')} {was.get('last_name', '')}".strip()
