"""The outbox: one row a message, from the moment it is owed to what became of it."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maia.appointments.models import Appointment, HistoryEntry
from maia.invitations.models import Invitation
from maia.practices.models import Practice


class MessageQuerySet(models.QuerySet["Message"]):
    def claimable(self, now: datetime) -> Self:
        """Due, and in nobody's hands: never taken, or taken by a worker whose lease ran out."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lte=now),
            status=Message.Status.QUEUED,
            try_after__lte=now,
        )

    def locked(self) -> Self:
        """For update, without waiting for another worker where the engine can tell."""
        return self.select_for_update(
            skip_locked=connection.features.has_select_for_update_skip_locked
        )


class Message(models.Model):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        MOVED = "moved", _("appointment moved")
        CANCELLED = "cancelled", _("appointment cancelled")
        CONFIRMED = "confirmed", _("appointment confirmed")
        NOTICE = "notice", _("notice to the practitioner")
        INVITATION = "invitation", _("invitation")

    class Recipient(models.TextChoices):
        PATIENT = "patient", _("patient")
        PRACTITIONER = "practitioner", _("practitioner")
        MEMBER = "member", _("future colleague")

    class Channel(models.TextChoices):
        EMAIL = "email", _("email")

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        # Handed over, and the answer was lost: perhaps it went, perhaps not.
        UNCERTAIN = "uncertain", _("uncertain")
        DROPPED = "dropped", _("not needed any more")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="messages")
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    entry = models.ForeignKey(
        HistoryEntry, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    recipient = models.CharField(_("recipient"), max_length=12, choices=Recipient.choices)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    # What makes it one: the same thing owed twice is the same row.
    key = models.CharField(max_length=80, unique=True, editable=False)
    due_at = models.DateTimeField(_("due"))
    try_after = models.DateTimeField(_("next try"))
    status = models.CharField(
        _("status"), max_length=9, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.CharField(max_length=80, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    # As they left, for the practitioner to read; empty before.
    to = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)

    objects: ClassVar[models.Manager[Any]] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["try_after", "id"], condition=Q(status="queued"), name="message_to_send"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status="sending"), name="message_in_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.status}"
