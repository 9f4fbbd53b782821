"""The outbox: one row a message, from the moment it is owed to what became of it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.appointments.models import Appointment, HistoryEntry
from maia.invitations.models import Invitation
from maia.jobs.claims import Claimed
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import PathwayStep
from maia.webhooks.models import Webhook

# What a program was not told is said where the program is set up, not among patients' messages.
TO_SETTLE = (
    Q(settled_at=None)
    & (Q(status__in=["failed", "uncertain"]) | Q(receipt="undelivered"))
    & ~Q(channel="hook")
)

# Not at the moment for which a reminder is owed, weeks ahead: it is there to leave soon.
PUT_OFF = ~Q(kind="reminder") | Q(try_after__gt=F("due_at"))


class MessageQuerySet(models.QuerySet["Message"]):
    def forget_texts(self) -> int:
        """What was said, and to which address. That it was sent stays."""
        return self.update(to="", subject="", body="", provider_id="")

    def next_of(self, channel: str) -> Self:
        """Of one channel, with nothing to the same patient before it still on its way."""
        before = Message.objects.filter(
            Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk")),
            patient=OuterRef("patient"),
            channel=channel,
            status__in=[Message.Status.QUEUED, Message.Status.SENDING],
        )
        return self.filter(Q(patient=None) | ~Exists(before), channel=channel)

    def with_all(self) -> Self:
        """All that judging and writing needs. What many share (a practice, a practitioner, a type)
        is read once for all of them rather than once a row."""
        return self.select_related("entry", "invitation").prefetch_related(
            "webhook",
            "practice",
            "patient__practice",
            "step__type",
            "practitioner__practice",
            "practitioner__user",
            "invitation__practice",
            "invitation__patient",
            "appointment__practice",
            "appointment__patient",
            "appointment__event__type",
            "appointment__event__practitioner__practice",
            "appointment__event__place",
        )

    def to_people(self) -> Self:
        """All that the practice calls messages: not what programs are told."""
        return self.exclude(channel=Message.Channel.HOOK)

    def to_settle(self) -> Self:
        """What did not go, perhaps not, or did not arrive, and that nobody has looked at."""
        return self.filter(TO_SETTLE)


class Message(Claimed):
    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("confirmation")
        MOVED = "moved", _("appointment moved")
        CANCELLED = "cancelled", _("appointment cancelled")
        CONFIRMED = "confirmed", _("appointment confirmed")
        NOTICE = "notice", _("notice to the practitioner")
        REMINDER = "reminder", _("reminder")
        INVITATION = "invitation", _("invitation")
        TO_BOOK = "to_book", _("invitation to book")
        EVENT = "event", _("event")
        TEST = "test", _("test")

    class Recipient(models.TextChoices):
        PATIENT = "patient", _("patient")
        PRACTITIONER = "practitioner", _("practitioner")
        MEMBER = "member", _("future colleague")
        PROGRAM = "program", _("program")

    class Channel(models.TextChoices):
        EMAIL = "email", _("email")
        SMS = "sms", _("SMS")
        HOOK = "hook", _("webhook")

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        # Handed over, and the answer was lost: perhaps it went, perhaps not.
        UNCERTAIN = "uncertain", _("uncertain")
        DROPPED = "dropped", _("not sent")

    class Receipt(models.TextChoices):
        """What the provider said afterwards."""

        DELIVERED = "delivered", _("delivered")
        UNDELIVERED = "undelivered", _("not delivered")

    practice = models.ForeignKey(
        Practice,
        models.CASCADE,
        related_name="messages",
        db_index=False,  # see Meta.indexes
    )
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    entry = models.ForeignKey(
        HistoryEntry, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # Whose it is: messages to one patient leave in the order in which they were due.
    patient = models.ForeignKey(
        Patient, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # Who tries her own settings, or is told by a notice.
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # The start that it speaks of: the appointment may have moved since.
    occurrence = models.DateTimeField(null=True, blank=True)
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, null=True, blank=True, related_name="messages"
    )
    # Of the pathway, which she is invited to book.
    step = models.ForeignKey(
        PathwayStep, models.SET_NULL, null=True, blank=True, related_name="messages"
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
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    # A failure that the practice has seen, and that needs no banner any more.
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    provider_id = models.CharField(max_length=100, blank=True, editable=False)
    receipt = models.CharField(_("receipt"), max_length=11, choices=Receipt.choices, blank=True)
    receipt_at = models.DateTimeField(null=True, blank=True, editable=False)
    segments = models.PositiveSmallIntegerField(_("SMS billed"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # As they left, for the practitioner to read; empty before.
    to = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)

    objects: ClassVar[models.Manager[Any]] = MessageQuerySet.as_manager()

    # Set when it is claimed: nothing else of the patient's stands around its day (see `grouping`), and
    # that its appointment is somebody else's now (see `formerly`).
    is_alone = False
    is_to_former = False

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["channel", "try_after", "id"],
                condition=Q(status="queued"),
                name="message_to_send",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status="sending"), name="message_in_hand"
            ),
            models.Index(
                fields=["patient", "channel", "due_at"],
                condition=Q(status__in=["queued", "sending"]),
                name="message_before_it",
            ),
            models.Index(
                fields=["try_after"], condition=Q(status="queued") & PUT_OFF, name="message_put_off"
            ),
            models.Index(fields=["practice", "-due_at"], name="message_of_a_practice"),
            models.Index(
                fields=["practice"],
                condition=TO_SETTLE,
                name="message_to_settle",
            ),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="message_by_provider_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.status}"

    @property
    def is_sms_reminder(self) -> bool:
        return self.kind == self.Kind.REMINDER and self.channel == self.Channel.SMS

    @property
    def may_be_resent(self) -> bool:
        """By somebody's decision: it did not go, perhaps not, or did not arrive."""
        asleep = self.status in (self.Status.FAILED, self.Status.UNCERTAIN, self.Status.DROPPED)
        return asleep or self.receipt == self.Receipt.UNDELIVERED

    @property
    def may_be_sent_once_more(self) -> bool:
        """It has left, and did not fail to arrive: as another message, of an appointment only."""
        gone = self.status == self.Status.SENT and self.receipt != self.Receipt.UNDELIVERED
        return gone and self.appointment_id is not None and self.channel != self.Channel.HOOK

    @property
    def is_to_settle(self) -> bool:
        """As `MessageQuerySet.to_settle` finds it."""
        unsure = self.status in (self.Status.FAILED, self.Status.UNCERTAIN)
        to_people = self.channel != self.Channel.HOOK
        return (
            to_people
            and self.settled_at is None
            and (unsure or self.receipt == self.Receipt.UNDELIVERED)
        )


class ChannelState(models.Model):
    """What all workers know of a channel: whether it answers, and how much it may be given."""

    channel = models.CharField(
        _("channel"), max_length=5, choices=Message.Channel.choices, unique=True
    )
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    broken_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    # A bucket that fills with time: what may be handed over now without going over the rate.
    tokens = models.FloatField(default=0, editable=False)
    filled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.channel


class WorkerBeat(models.Model):
    """A worker says that it is alive."""

    name = models.CharField(_("worker"), max_length=80, unique=True)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last seen"))
    handled = models.PositiveIntegerField(_("messages handled"), default=0)
    # The code of why it does nothing although it is alive: its clock is in doubt. The database knows
    # what it is when nobody says: a worker of before writes here while machines are upgraded.
    stopped = models.CharField(_("stopped"), max_length=10, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name
