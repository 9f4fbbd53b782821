"""Other calendars of a practitioner, whose time closes hers here (rule 3.1)."""

from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.accounts.waits import has_come
from maia.practices.models import Practitioner

A_DAY = timedelta(days=1)


class ExternalCalendar(models.Model):
    """Another calendar of hers, read from its address: the time that it takes closes hers here."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="calendars")
    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address"), max_length=2000)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    # Asked with success, and read anew: between the two, the source said that nothing changed.
    refreshed_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    etag = models.CharField(max_length=200, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=40, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)  # by hand, not yet read
    # Readings that began and did not end; after the second one it is left alone.
    deaths = models.PositiveSmallIntegerField(default=0, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Events that could not be read, and the days of the first of them: never their words.
    unread = models.PositiveIntegerField(default=0, editable=False)
    unread_dates = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("external calendar")
        verbose_name_plural = _("external calendars")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_being_read(self) -> bool:
        """For the first time, or because she asked."""
        waits = self.asked_at is not None or (self.read_at is None and self.failing_since is None)
        return waits and self.paused_at is None

    @property
    def unread_days(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.unread_dates]

    def is_fresh(self, now: datetime) -> bool:
        return self.read_at is not None and not has_come(self.read_at + A_DAY, now, A_DAY)
