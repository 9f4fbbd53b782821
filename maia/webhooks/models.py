"""An address of another program, which is told what happens to a practice's appointments."""

import base64
import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.outside.deriving import derived
from maia.practices.models import Practice

MOST = 5  # of one practice
PATIENCE = timedelta(days=5)  # of failures only, before it is left alone


class Webhook(models.Model):
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.PositiveSmallIntegerField(default=0, editable=False)  # of its secret
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What became of it lately: since when nothing arrives, if so, and why.
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.CharField(max_length=40, blank=True, editable=False)

    objects: ClassVar[models.Manager["Webhook"]]

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "url"], name="webhook_once"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def key(self) -> bytes:
        """Derived, so that nobody signs with what he read in the database."""
        of = f"{self.uid}:{self.round}" if self.round else str(self.uid)
        return derived("maia.webhooks.webhook", of)

    @property
    def secret(self) -> str:
        """As Standard Webhooks writes it, for whoever checks the signatures."""
        return "whsec_" + base64.b64encode(self.key).decode()

    @property
    def is_left_alone(self) -> bool:
        """Paused by Maia and not by a person: it answered nothing for days."""
        return self.paused_at is not None and self.failing_since is not None

    def has_answered(self, now: datetime) -> None:
        Webhook.objects.filter(pk=self.pk).update(answered_at=now, failing_since=None, error="")

    def has_failed(self, now: datetime, error: str, *, for_good: bool = False) -> None:
        rows = Webhook.objects.filter(pk=self.pk)
        rows.filter(failing_since=None).update(failing_since=now)
        rows.update(error=error[:40])
        tired = Q() if for_good else Q(failing_since__lte=now - PATIENCE)
        rows.filter(tired, paused_at=None).update(paused_at=now)

    def renew_secret(self) -> None:
        """What was signed with the old one is refused by whoever has the new one."""
        Webhook.objects.filter(pk=self.pk).update(round=F("round") + 1)
        self.refresh_from_db(fields=["round"])

    def pause(self, now: datetime) -> None:
        """By a person's decision."""
        rows = Webhook.objects.filter(pk=self.pk, paused_at=None)
        rows.update(paused_at=now, failing_since=None, error="")

    def resume(self) -> None:
        Webhook.objects.filter(pk=self.pk).update(paused_at=None, failing_since=None, error="")
