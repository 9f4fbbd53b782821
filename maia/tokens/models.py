"""A token opens the API for one person: as a patient, or in one practice with one role."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Membership, Practice


class Token(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    # None: she acts as a patient, in every practice that has a record of hers.
    practice = models.ForeignKey(
        Practice, models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    # Her place in the team: when she leaves, the database takes the token with it, for good.
    membership = models.ForeignKey(
        Membership, models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    # At most this, and never more than what she is in the practice when it is used.
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role.choices, blank=True)
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the secret
    start = models.CharField(_("starts with"), max_length=12, editable=False)  # to tell them apart
    created_at = models.DateTimeField(_("created"))
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    # None: it does not end by itself.
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(practice=None, role="") | Q(practice__isnull=False) & ~Q(role=""),
                name="token_role_in_a_practice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start}… {self.name}"

    def has_ended(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class Answer(models.Model):
    """What an `Idempotency-Key` of a token has been answered: kept a day (see `privacy`)."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of the path and the body: another one is refused
    made = models.JSONField(default=list)  # ids of what was created; nothing that was said of it
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer of the API")
        verbose_name_plural = _("answers of the API")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once")]

    def __str__(self) -> str:
        return self.key
