"""What appointments are for (rule 3.2)."""

import base64
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from maia.availability.policy import Policy
from maia.availability.pregnancy import LAST_DAY, LAST_WEEK, Unit, Window
from maia.availability.slots import Shape
from maia.outside.deriving import derived
from maia.practices.models import Place, PlaceKind, Practice, Practitioner, Room
from maia.practices.ordering import shift
from maia.practices.validators import COLOUR, validate_colour
from maia.schedules.models.categories import Category

MOST_OF_A_TYPE = 32_767  # a day or a week: what the column holds
UNITS = [
    (Unit.WEEKS.value, _("by the weeks of the pregnancy")),
    (Unit.DAYS_AFTER_BIRTH.value, _("by the days after the birth")),
]


class TypeKey(NamedTuple):
    """A type as addresses name it: of one that is by private link only, with its token."""

    id: int
    token: str = ""

    def __str__(self) -> str:
        return f"{self.id}-{self.token}" if self.token else str(self.id)


class AppointmentTypeQuerySet(models.QuerySet["AppointmentType"]):
    def bookable_online(self) -> "AppointmentTypeQuerySet":
        """What the booking page and the public API may list (rule 3.2): none by private link."""
        online = self.filter(allow_online_booking=True, archived=False, practice__suspension="")
        return online.filter(link_uid=None)

    def listed(self) -> "AppointmentTypeQuerySet":
        """Of those, what somebody offers who is booked online: of whom every one has left, nobody is told."""
        people = Practitioner.objects.bookable_online()
        of_some = AppointmentType.some.through.objects.filter(
            appointmenttype=OuterRef("pk"), practitioner__in=people
        )
        everybody = people.filter(practice=OuterRef("practice"))
        return self.bookable_online().filter(
            Q(practitioner__in=people)
            | Q(Exists(of_some), for_some=True)
            | Q(Exists(everybody), practitioner=None, for_some=False)
        )


class AppointmentType(models.Model):
    """What an appointment is for. Without a practitioner it is every practitioner's, or of `some`."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="appointment_types")
    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="appointment_types"
    )
    # Of several, but not of all: `practitioner` is empty then. Who, is read of these types alone.
    for_some = models.BooleanField(default=False, editable=False)
    some = models.ManyToManyField(Practitioner, blank=True, related_name="+", editable=False)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="appointment_types"
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), max_length=5000, blank=True)
    # What to bring and prepare. It may tell the kind of consultation: in no SMS, no subject.
    instructions = models.TextField(_("what to bring and prepare"), max_length=5000, blank=True)
    place = models.CharField(
        _("where"), max_length=5, choices=PlaceKind.choices, default=PlaceKind.SITE
    )
    # Those of its kind that it happens at; none: wherever the hours say.
    places = models.ManyToManyField(Place, blank=True, related_name="types", editable=False)
    # Shown to who is confirmed, to nobody else.
    video_link = models.CharField(
        _("link of the video room"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
    )
    # It takes one of them that is free and not archived; without any it needs none.
    rooms = models.ManyToManyField(Room, blank=True, related_name="types", editable=False)
    # Whether it has some: which, is read of these types alone.
    needs_room = models.BooleanField(default=False, db_default=False, editable=False)
    duration_minutes = models.PositiveSmallIntegerField(
        _("duration, in minutes"), validators=[MinValueValidator(5), MaxValueValidator(720)]
    )
    colour = models.CharField(
        _("colour"), max_length=7, default="#1f7a5c", validators=[validate_colour]
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    archived = models.BooleanField(_("archived"), default=False)
    allow_online_booking = models.BooleanField(_("allow online booking"), default=False)
    # By private link only: on no list, open to whoever has the link, which is derived from this.
    link_uid = models.UUIDField(null=True, blank=True, editable=False)
    send_sms_reminder = models.BooleanField(_("send an SMS reminder"), default=True)
    slot_step_minutes = models.PositiveSmallIntegerField(
        _("minutes between two starts"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(720)],
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("minutes kept free before"), default=0, validators=[MaxValueValidator(240)]
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("minutes kept free after"), default=0, validators=[MaxValueValidator(240)]
    )
    booking_horizon_days = models.PositiveSmallIntegerField(
        _("days open to booking"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("minimum notice, in minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(30 * 24 * 60)],
    )
    minimum_notice_days = models.PositiveSmallIntegerField(
        _("minimum notice, in days"), null=True, blank=True, validators=[MaxValueValidator(30)]
    )
    max_a_day = models.PositiveSmallIntegerField(
        _("at most a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_A_TYPE)],
    )
    # With the one a day: of each practitioner who offers it, in the weeks of the calendar.
    max_a_week = models.PositiveSmallIntegerField(
        _("at most a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_A_TYPE)],
    )
    max_new_a_week = models.PositiveSmallIntegerField(
        _("new patients at most a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_A_TYPE)],
    )
    # Of one patient, with whomever.
    one_to_come = models.BooleanField(_("one to come for each patient"), default=False)
    days_between_two = models.PositiveSmallIntegerField(
        _("days between two of one patient"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    # When of a pregnancy or after a birth it is for: `window`. Both ends are included.
    window_unit = models.CharField(
        _("window"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        choices=UNITS,
    )
    window_first = models.PositiveSmallIntegerField(_("from"), null=True, blank=True)
    window_last = models.PositiveSmallIntegerField(_("to, included"), null=True, blank=True)
    # Of a patient whose dates are not known: they are asked before times are shown.
    window_asks = models.BooleanField(_("ask for the date"), default=True, db_default=True)
    known_patients_only = models.BooleanField(_("for known patients only"), default=False)
    needs_confirmation = models.BooleanField(_("confirmed by the practitioner"), default=False)

    objects: ClassVar[models.Manager[Any]] = AppointmentTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment type")
        verbose_name_plural = _("appointment types")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(5, 720)), name="type_duration_bounds"
            ),
            models.CheckConstraint(
                condition=Q(place__in=PlaceKind.values), name="type_place_known"
            ),
            models.CheckConstraint(condition=Q(colour__regex=COLOUR), name="type_colour_format"),
            models.CheckConstraint(
                condition=Q(slot_step_minutes__isnull=True) | Q(slot_step_minutes__range=(5, 720)),
                name="type_step_bounds",
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=240, buffer_after_minutes__lte=240),
                name="type_buffer_bounds",
            ),
            models.CheckConstraint(
                condition=Q(booking_horizon_days__isnull=True)
                | Q(booking_horizon_days__range=(1, 730)),
                name="type_horizon_bounds",
            ),
            models.CheckConstraint(
                condition=Q(minimum_notice_days__isnull=True) | Q(minimum_notice_days__lte=30),
                name="type_notice_days_bounds",
            ),
            models.CheckConstraint(
                condition=Q(max_a_day__isnull=True) | Q(max_a_day__gte=1), name="type_max_a_day"
            ),
            models.CheckConstraint(
                condition=Q(max_a_week__isnull=True) | Q(max_a_week__gte=1), name="type_max_a_week"
            ),
            models.CheckConstraint(
                condition=Q(max_new_a_week__isnull=True) | Q(max_new_a_week__gte=1),
                name="type_max_new_a_week",
            ),
            models.CheckConstraint(
                condition=Q(window_unit="", window_first=None, window_last=None)
                | Q(
                    window_unit=Unit.WEEKS.value,
                    window_first__isnull=False,
                    window_last__isnull=False,
                    window_first__lte=F("window_last"),
                    window_last__lte=LAST_WEEK,
                )
                | Q(
                    window_unit=Unit.DAYS_AFTER_BIRTH.value,
                    window_first__isnull=False,
                    window_last__isnull=False,
                    window_first__lte=F("window_last"),
                    window_last__lte=LAST_DAY,
                ),
                name="type_window_whole",
            ),
            models.CheckConstraint(
                condition=Q(days_between_two__isnull=True) | Q(days_between_two__range=(1, 730)),
                name="type_days_between_two",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """With the exceptional openings that are for it alone: without a type they would be for all.
        Raises `ProtectedError` where appointments have it."""
        with transaction.atomic():
            openings = self.special_days.prefetch_related("types")
            alone = [opening for opening in openings if len(opening.types.all()) == 1]
            gone = super().delete(*args, **kwargs)
            for opening in alone:
                opening.delete()
        return gone

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    @property
    def window(self) -> Window | None:
        """Of a pregnancy, or after a birth; None: it is for any time."""
        if not self.window_unit or self.window_first is None or self.window_last is None:
            return None
        return Window(Unit(self.window_unit), self.window_first, self.window_last)

    @window.setter
    def window(self, wanted: Window | None) -> None:
        self.window_unit = wanted.unit.value if wanted else ""
        self.window_first = wanted.first if wanted else None
        self.window_last = wanted.last if wanted else None

    @property
    def shape(self) -> Shape:
        return Shape(
            duration=self.duration,
            own_step=self.own_step,
            buffer_before=timedelta(minutes=self.buffer_before_minutes),
            buffer_after=timedelta(minutes=self.buffer_after_minutes),
        )

    @property
    def own_step(self) -> timedelta | None:
        step = self.slot_step_minutes
        return None if step is None else timedelta(minutes=step)

    @property
    def is_bookable_online(self) -> bool:
        return self.allow_online_booking and not self.archived

    @property
    def private_link(self) -> bool:
        """Whether it is booked by its private link only."""
        return self.link_uid is not None

    @private_link.setter
    def private_link(self, wanted: bool) -> None:
        if wanted != self.private_link:
            self.link_uid = uuid.uuid4() if wanted else None

    def renew_link(self) -> None:
        """Whoever has the old link has none any more. Not saved."""
        self.link_uid = uuid.uuid4()

    @property
    def key(self) -> TypeKey:
        """Derived, so that nobody opens it with what he read in the database."""
        if self.link_uid is None:
            return TypeKey(self.pk)
        made = derived("maia.schedules.private_link", str(self.link_uid))
        return TypeKey(self.pk, base64.urlsafe_b64encode(made[:18]).decode())

    @property
    def link(self) -> str:
        """Of one that is by private link only: its page. Empty for the others."""
        if not self.private_link:
            return ""
        return str(settings.BASE_URL) + reverse("slots", args=[self.practice.slug, self.key])

    def opens_with(self, token: str) -> bool:
        return not self.private_link or constant_time_compare(self.key.token, token)

    @property
    def asks_address(self) -> bool:
        """Whether she must say where she lives (rule 3.8)."""
        return self.place == PlaceKind.HOME

    def is_offered_by(self, practitioner: Practitioner) -> bool:
        """Its own practitioner, one of those whose it is, or any of the practice when it has none."""
        keys = self.offered_by
        if keys is not None:
            return practitioner.pk in keys
        return self.practice_id == practitioner.practice_id

    def is_given_by(self, practitioner: Practitioner) -> bool:
        """Whether she still offers it: it may be archived, or another one's since."""
        return not self.archived and self.is_offered_by(practitioner)

    @property
    def offered_by(self) -> list[int] | None:
        """The keys of whose it is; None: every practitioner's. One query of a type of several."""
        if self.practitioner_id is not None:
            return [self.practitioner_id]
        return sorted(self._some) if self.for_some else None

    @cached_property
    def _some(self) -> frozenset[int]:
        return frozenset(one.pk for one in self.some.all())

    def is_known_to_be_of(self, keys: Iterable[int]) -> None:
        """Whoever has read of whom it is, spares it the query."""
        self._some = frozenset(keys)

    @property
    def owners(self) -> list[Practitioner]:
        """Whose it is; nobody's alone where it is every practitioner's."""
        if self.practitioner is not None:
            return [self.practitioner]
        return list(self.some.all()) if self.for_some else []

    def set_owners(self, owners: Sequence[Practitioner]) -> None:
        """None for every practitioner. Not saved: see `save_owners`."""
        self.practitioner = owners[0] if len(owners) == 1 else None
        self.for_some = len(owners) > 1

    def save_owners(self, owners: Sequence[Practitioner]) -> None:
        self.some.set(owners if len(owners) > 1 else [])
        self.is_known_to_be_of(one.pk for one in owners)

    def save_rooms(self, rooms: Iterable[Room]) -> None:
        wanted = list(rooms)
        self.rooms.set(wanted)
        self.needs_room = bool(wanted)
        self.save(update_fields=["needs_room"])

    def shift(self, by: int) -> None:
        """Places up (-1, -2...) or down among the practice's types that are not archived."""
        shown = AppointmentType.objects.filter(practice_id=self.practice_id, archived=False)
        shift(shown, self.pk, by)

    def policy_for(self, practitioner: Practitioner) -> Policy:
        """The practitioner's rules, with the type's own horizon and notice where it has some.

        A notice of its own in minutes is its whole notice, unless it says days as well: an urgent
        visit is booked an hour before, though nothing else is on the same day."""
        general = practitioner.policy
        notice, days = self.minimum_notice_minutes, self.minimum_notice_days
        if days is None:
            days = general.notice_days if notice is None else 0
        horizon = self.booking_horizon_days
        return Policy(
            notice=general.notice if notice is None else timedelta(minutes=notice),
            horizon_days=general.horizon_days if horizon is None else horizon,
            evening_cutoff=general.evening_cutoff,
            notice_days=days,
        )
