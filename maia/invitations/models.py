"""An invitation: to whom, to what, until when. Its link is a pointer, not a key: who follows it
still shows, by a code, that she reads the mailbox that was invited (rule 3.5)."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maia.accounts.addresses import AddressField, same_address
from maia.patients.models import Patient
from maia.practices.models import Membership, Practice

LASTS = timedelta(days=14)


def new_token() -> str:
    return secrets.token_urlsafe(18)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Neither accepted nor withdrawn; perhaps expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="invitations")
    email = AddressField(_("email address"))
    # One or the other: a record to meet, or a role in the team.
    patient = models.ForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role.choices, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # Each sending has its number and is announced once, like a history entry.
    round = models.PositiveSmallIntegerField(default=1)
    announced = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Any]] = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(announced=False), name="invitation_to_announce"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(patient__isnull=False, role="") | Q(patient=None) & ~Q(role=""),
                name="invitation_to_one_thing",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(patient__isnull=False, accepted_at=None, withdrawn_at=None),
                name="invitation_of_a_patient_once",
            ),
            models.UniqueConstraint(
                fields=["practice", "email"],
                condition=Q(patient=None, accepted_at=None, withdrawn_at=None),
                name="invitation_of_a_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.role or 'patient'}"

    @property
    def is_to_team(self) -> bool:
        return self.patient_id is None

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at

    def why_closed(self, now: datetime) -> str | None:
        """The code of why it cannot be accepted any more, or None."""
        if self.accepted_at is not None:
            return "accepted"
        # Another address on the record since: this one may be somebody else's.
        changed = self.patient is not None and not same_address(self.patient.email, self.email)
        if self.withdrawn_at is not None or changed:
            return "withdrawn"
        return "expired" if self.has_expired(now) else None
