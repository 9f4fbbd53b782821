"""The agenda. An event is a block of a practitioner's time and carries the no-overlap guarantee;
an appointment is a patient's place in one; a history entry says who did what to it, and when."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Max, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from maia.appointments.constraints import NO_OVERLAP, ROOM_NO_OVERLAP
from maia.appointments.offer import why_not_offered
from maia.patients.models import Patient
from maia.practices.models import Place, Practice, Practitioner, Room
from maia.practices.validators import COLOUR, validate_colour
from maia.schedules.models import AppointmentType
from maia.schedules.repeating import Rule

MOST_WORDS = 300  # characters that who acts adds to the email of the other


class Series(models.Model):
    """A personal event that comes back, as wall-clock times of its practice. Its times are events,
    written out to ``written_until`` (docs/decisions/2026-11-27-a-series-is-written-out.md)."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="series")
    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="series")
    title = models.CharField(_("title"), max_length=120, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[validate_colour])
    first_date = models.DateField()  # one of its dates
    begins = models.TimeField()
    lasts = models.DurationField()  # on the wall's clock
    rule = models.CharField(max_length=200)  # RFC 5545, without UNTIL and COUNT
    last_date = models.DateField(null=True, blank=True)
    without = models.JSONField(default=list)  # its dates that were dropped, ISO 8601, in order
    written_until = models.DateField()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        indexes = [models.Index(fields=["written_until"], name="series_to_prolong")]

    def __str__(self) -> str:
        return f"{self.first_date} {self.repeats}"

    @property
    def repeats(self) -> Rule:
        return Rule(self.rule, self.last_date)


class _BeforeTheEndOfTime(Func):
    """It leaves no instant out. PostgreSQL plans once for any dates: of a span with two open edges it
    expects a third of all years and reads them all, of an end with two edges it expects few."""

    template = "%(expressions)s < 'infinity'"
    output_field = models.BooleanField()


class EventQuerySet(models.QuerySet["Event"]):
    def touching(self, start: datetime, end: datetime) -> "EventQuerySet":
        """What has a moment in ``[start, end)``, blocking or not. Of practitioners that are named, the
        index by end reads nothing else; in its order, since of "is there any" in no order PostgreSQL
        believes that half of all events fit, and reads them all, years of them, when none does."""
        rows = self.filter(_BeforeTheEndOfTime("end"), end__gt=start, start__lt=end)
        return rows.order_by("end")


class Event(models.Model):
    """``[start, end)`` in one practitioner's agenda, with the buffers its type had when made."""

    class Kind(models.TextChoices):
        APPOINTMENT = "appointment", _("appointment")
        WORKSHOP = "workshop", _("workshop")
        PERSONAL = "personal", _("personal event")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="events")
    practitioner = models.ForeignKey(
        Practitioner,
        models.CASCADE,
        related_name="events",
        db_index=False,  # event_by_end is one
    )
    kind = models.CharField(_("kind"), max_length=11, choices=Kind.choices)
    type = models.ForeignKey(
        AppointmentType, models.PROTECT, null=True, blank=True, related_name="events"
    )
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    # At which site; None: at the main one, or at none.
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, editable=False, related_name="events",
        db_index=False,  # event_by_place is one: few are anywhere else
    )  # fmt: skip
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=120, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True, default="", db_default="")
    colour = models.CharField(  # of a personal event; others have their type's
        _("colour"), max_length=7, blank=True, default="", db_default="",
        validators=[validate_colour],
    )  # fmt: skip
    # Of a repetition. Without a constraint: a server of the version before knows no series' row.
    series = models.ForeignKey(
        Series, models.DO_NOTHING, null=True, blank=True, editable=False, related_name="events",
        db_column="series", db_constraint=False, db_index=False,
    )  # fmt: skip
    series_date = models.DateField(null=True, blank=True)  # the series' date that it stands for
    is_apart = models.BooleanField(default=False, db_default=False)  # it was changed alone
    # Of a personal event: grown by every change, so that who saves over another one's is told.
    version = models.PositiveIntegerField(default=0, db_default=0)
    # What it takes beside her time. A room with events is archived, never deleted.
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="events",
        db_index=False,  # event_by_room is one
    )  # fmt: skip
    # Whether it takes the time: a cancelled appointment does not.
    blocking = models.BooleanField(default=True)
    # False only where the practitioner overlapped on purpose.
    exclusive = models.BooleanField(default=True)

    objects: ClassVar[models.Manager[Any]] = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            # By end: a search from today on never reads the years behind it.
            models.Index(fields=["practitioner", "end", "start"], name="event_by_end"),
            models.Index(
                fields=["room", "end", "start"],
                condition=Q(room__isnull=False),
                name="event_by_room",
            ),
            models.Index(
                fields=["series", "series_date"],
                condition=Q(series__isnull=False),
                name="event_by_series",
            ),
            models.Index(
                fields=["place", "end"], condition=Q(place__isnull=False), name="event_by_place"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="event_range_order"),
            models.CheckConstraint(
                condition=Q(kind="personal") | Q(type__isnull=False), name="event_has_a_type"
            ),
            models.CheckConstraint(
                condition=Q(colour="") | Q(colour__regex=COLOUR), name="event_colour_format"
            ),
            NO_OVERLAP,
            ROOM_NO_OVERLAP,
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start:%Y-%m-%d %H:%M}"


def _link_token() -> str:
    return secrets.token_urlsafe(12)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def touching(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """As `EventQuerySet.touching`."""
        few = _BeforeTheEndOfTime("event__end")
        return self.filter(few, event__end__gt=start, event__start__lt=end)

    def with_details(self) -> "AppointmentQuerySet":
        """All that a page or a message about an appointment says, in one query."""
        return self.select_related(
            "event__type",
            "event__practitioner__practice",
            "event__place",
            "event__room",
            "practice",
            "patient__user",
        )

    def with_changes(self) -> "AppointmentQuerySet":
        """With the instant of the last act on each."""
        acts = HistoryEntry.objects.filter(appointment=OuterRef("pk")).order_by("-id")
        return self.annotate(last_act=Subquery(acts.values("at")[:1]))

    def of_user(self, user: Any) -> "AppointmentQuerySet":
        """Those of her own records: what a signed-in patient may see."""
        return self.filter(patient__user=user)

    def not_expired(self, now: datetime) -> "AppointmentQuerySet":
        """As `Appointment.has_expired` says it of one."""
        over = Q(status=Appointment.Status.UNCONFIRMED, event__start__lte=now)
        return self.exclude(over | Q(expired=True))

    def upcoming(self, now: datetime) -> "AppointmentQuerySet":
        live = self.exclude(status=Appointment.Status.CANCELLED)
        return live.filter(event__end__gt=now).order_by("event__start")


class Appointment(models.Model):
    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        UNCONFIRMED = "unconfirmed", _("to be confirmed")
        CANCELLED = "cancelled", _("cancelled")

    class Attendance(models.TextChoices):
        ATTENDED = "attended", _("attended")
        NO_SHOW = "no_show", _("did not come")
        EXCUSED = "excused", _("excused")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="appointments")
    event = models.ForeignKey(Event, models.CASCADE, related_name="appointments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    seat = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    status = models.CharField(_("status"), max_length=11, choices=Status.choices)
    booked_online = models.BooleanField(_("booked online"), default=False)
    attendance = models.CharField(
        _("attendance"), max_length=8, choices=Attendance.choices, blank=True
    )
    note = models.TextField(_("note of the patient"), max_length=2000, blank=True)
    practice_notes = models.TextField(_("notes of the practice"), max_length=5000, blank=True)
    email_reminder = models.BooleanField(_("email reminder"), default=True)
    sms_reminder = models.BooleanField(_("SMS reminder"), default=False)
    # A request: since when it waits for an answer, and when the practice was last reminded of it. Not
    # known of those of before: they wait since they were made.
    waits_since = models.DateTimeField(null=True, blank=True, editable=False)
    recalled_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Cancelled by nobody: its start came before an answer did.
    expired = models.BooleanField(default=False, db_default=False, editable=False)
    # How many times it changed, for the reader's calendar (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0)
    # Grown by every change: who saves over another one's is told.
    version = models.PositiveIntegerField(default=0)
    # What opens it without signing in, from a message (rule 3.6).
    link_token = models.CharField(max_length=24, unique=True, default=_link_token, editable=False)
    # Made by the page that posts: the same submission twice is one appointment.
    request_key = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager[Any]] = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes = [
            # Requests: counted on each page of the office, and few among many.
            models.Index(
                fields=["practice"],
                condition=Q(status="unconfirmed"),
                name="appointment_to_confirm",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "seat"],
                condition=~Q(status="cancelled"),
                name="appointment_seat_once",
            ),
            models.CheckConstraint(condition=Q(seat__gte=1), name="appointment_seat_bounds"),
            models.UniqueConstraint(
                fields=["patient", "request_key"],
                condition=Q(request_key__isnull=False),
                name="appointment_request_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def start(self) -> datetime:
        return self.event.start

    @property
    def end(self) -> datetime:
        return self.event.end

    @property
    def type(self) -> AppointmentType:
        assert self.event.type is not None
        return self.event.type

    @property
    def practitioner(self) -> Practitioner:
        return self.event.practitioner

    @property
    def duration(self) -> timedelta:
        return self.event.end - self.event.start

    @property
    def status_in_words(self) -> str:
        """As people are told of it: one that nobody answered was not cancelled by anybody."""
        return pgettext("a request", "expired") if self.expired else self.get_status_display()

    def has_expired(self, now: datetime) -> bool:
        """A request whose start came without an answer, be it a moment ago (rule 3.4)."""
        waits = self.status == self.Status.UNCONFIRMED
        return self.expired or (waits and self.start <= now)

    def wait_for_a_yes(self, now: datetime) -> None:
        """Not saved. It is a request from now on, and nobody has been reminded of it."""
        self.status, self.waits_since, self.recalled_at = self.Status.UNCONFIRMED, now, None

    @property
    def change_deadline(self) -> datetime:
        """Until when the patient cancels or moves it herself (rule 3.4)."""
        return self.start - self.practitioner.cancellation_deadline

    def may_change(self, now: datetime) -> bool:
        """Whether the patient may still cancel or move it online."""
        return self.status != self.Status.CANCELLED and now <= self.change_deadline

    def may_move(self, now: datetime) -> bool:
        """Moving needs free times: a type and a practitioner that still have some online."""
        if not self.may_change(now) or self.patient.online_booking_barred:
            return False
        today = now.astimezone(self.practice.zone).date()
        why_not = why_not_offered(
            self.type, self.practitioner, online=True, day=today, or_later=True
        )
        return why_not is None

    @property
    def changed_at(self) -> datetime:
        """The last act on it. A list reads them all at once: see `with_changes`."""
        known: datetime | None = getattr(self, "last_act", None)
        if known is None:
            known = self.history.aggregate(last=Max("at"))["last"]
        return known or self.created_at

    @property
    def was_certain(self) -> bool:
        """Whether it has been confirmed once: since then it may stand in her own calendar."""
        acts = HistoryEntry.Action
        certain = Q(action=acts.CONFIRMED) | Q(action=acts.BOOKED, of_request=False)
        return self.history.filter(certain).exists()

    def renew_link(self) -> None:
        """Not saved. The link in her mailbox opens nothing any more."""
        self.link_token = _link_token()

    def link_lives(self, now: datetime) -> bool:
        """Whether its personal link still opens it: until it ends or is cancelled (rule 3.6)."""
        return self.status != self.Status.CANCELLED and now < self.end


class HistoryEntry(models.Model):
    """Who did what to an appointment. Written with the act itself, so it is also what makes a
    message owed: ``announced`` says that `messaging` has seen it."""

    class Action(models.TextChoices):
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        CANCELLED = "cancelled", _("cancelled")
        CONFIRMED = "confirmed", _("confirmed")
        EDITED = "edited", _("edited")
        ATTENDED = "attended", _("attended")
        RECALLED = "recalled", _("not answered yet: the practitioner was reminded")
        EXPIRED = "expired", _("expired: nobody had answered")
        GIVEN = "given", _("noted for somebody else: the patient was corrected")

    class Actor(models.TextChoices):
        PATIENT = "patient", _("the patient")
        PRACTICE = "practice", _("the practice")
        MAIA = "maia", "Maia"  # by itself, since time went by

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="history")
    action = models.CharField(_("action"), max_length=9, choices=Action.choices)
    actor = models.CharField(_("by"), max_length=8, choices=Actor.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("when"))
    old_start = models.DateTimeField(null=True, blank=True)
    new_start = models.DateTimeField(null=True, blank=True)
    # Of a move: where it stood before, when that is another place than `old_start` alone says.
    old_end = models.DateTimeField(null=True, blank=True)
    old_practitioner = models.ForeignKey(
        Practitioner, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Empty where it was at the same site, or at none.
    old_place = models.ForeignKey(
        Place, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # Of a corrected patient: whose it was before.
    old_patient = models.ForeignKey(
        Patient, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    old_room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    old_overlap = models.BooleanField(default=False, db_default=False)  # on purpose
    # Of a move by the practice: the keys of the events that stood over its old time, which it may go back to.
    old_over = models.JSONField(null=True, blank=True, editable=False)
    # Of a move past the present: what was said of who came, which is said of no time to come.
    old_attendance = models.CharField(
        max_length=8, choices=Appointment.Attendance.choices, blank=True, default="", db_default=""
    )
    # The appointment's version that this act made, and the act that this one took back.
    made_version = models.PositiveIntegerField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by"
    )
    # Whether the patient is told, and from when on; the words of who acts to who is told of it.
    tells = models.BooleanField(default=True, db_default=True)
    words = models.CharField(max_length=MOST_WORDS, blank=True, default="", db_default="")
    owed_from = models.DateTimeField(null=True, blank=True)
    # It waited to be confirmed when this was done to it; booked: it waits from now on.
    of_request = models.BooleanField(default=False)
    announced = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(announced=False), name="history_to_announce")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"

    @property
    def ends_it(self) -> bool:
        """Whether the appointment is no more since then, whoever or whatever cancelled it."""
        return self.action in (self.Action.CANCELLED, self.Action.EXPIRED)
