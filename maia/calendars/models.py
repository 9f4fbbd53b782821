"""A secret address at which a calendar application reads an agenda (RFC 5545)."""

import base64
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from maia.outside.deriving import derived
from maia.practices.models import Membership, Practitioner

MOST = 10  # of one user


class Feed(models.Model):
    """Of a practitioner's agenda, for a member of her team; or, without a practitioner, of the
    appointments of a patient. Who has the address reads it: deleting the row is what revokes it."""

    class Titles(models.TextChoices):
        MASKED = "masked", _("“Appointment”, and nothing else")
        FULL = "full", _("the patient's name and the type")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feeds")
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    # Her place in the team: when she leaves, the database takes the address with it, for good.
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="feeds", editable=False
    )
    titles = models.CharField(
        _("titles"), max_length=6, choices=Titles.choices, default=Titles.MASKED
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["Feed"]]

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(practitioner=None), name="feed_of_a_patient_once"
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.practitioner is not None:
            team = Membership.objects.filter(practice=self.practitioner.practice_id)
            self.membership = team.filter(user=self.user).first()  # none: it opens nothing
        super().save(*args, **kwargs)

    @property
    def secret(self) -> str:
        """Derived, so that nobody opens an agenda with what he read in the database."""
        made = derived("maia.calendars.feed", str(self.uid))
        return base64.urlsafe_b64encode(made[:18]).decode()

    @property
    def address(self) -> str:
        return str(settings.BASE_URL) + reverse("feed", args=[self.uid, self.secret])

    @property
    def subscription(self) -> str:
        """The same address, as a telephone opens it in its calendar."""
        return f"webcal://{self.address.partition('://')[2]}"

    def opens_with(self, secret: str) -> bool:
        return constant_time_compare(self.secret, secret)
