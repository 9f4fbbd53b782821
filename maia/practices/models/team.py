"""Who works in a practice, with each one’s booking rules (rules 3.1, 3.5)."""

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from maia.accounts.addresses import AddressField
from maia.availability.policy import Policy
from maia.practices.models.practice import Practice, one_line
from maia.practices.models.shown import Picture
from maia.practices.postcodes import LONGEST, bare, validate_postcodes
from maia.practices.registers import validate_am_number, validate_rpps, validate_siret
from maia.practices.sms import validate_sms_sender_name, validate_sms_template

if TYPE_CHECKING:
    from maia.practices.models.replacements import Replacement


class Membership(models.Model):
    """A user's place in a practice's team."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        PRACTITIONER = "practitioner", _("practitioner")
        ASSISTANT = "assistant", _("assistant")
        SUBSTITUTE = "substitute", _("substitute")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.UniqueConstraint(fields=["practice", "user"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def bookable_online(self) -> "PractitionerQuerySet":
        return self.filter(is_active=True, allow_online_booking=True, practice__suspension="")

    def with_substitutions(self) -> "PractitionerQuerySet":
        """See `Practitioner.takes_over`. Two queries more, one where there are none."""
        return self.prefetch_related("substitutions__practitioner")


class Practitioner(models.Model):
    """One professional of a practice, and her booking rules (the professional sheet)."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="practitioners")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="practitioners",
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    title = models.CharField(_("title"), max_length=80, blank=True)
    email = AddressField(_("email address"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    # Where she sees her patients, when it is not the practice's own address.
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    photo = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
    rpps = models.CharField(_("RPPS number"), max_length=11, blank=True, validators=[validate_rpps])
    am_number = models.CharField(
        _("health insurance number"), max_length=9, blank=True, validators=[validate_am_number]
    )
    siret = models.CharField(
        _("SIRET number"), max_length=14, blank=True, validators=[validate_siret]
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    allow_online_booking = models.BooleanField(_("online booking"), default=True)
    booking_horizon_days = models.PositiveSmallIntegerField(
        _("days open to booking"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("minimum notice, in minutes"), default=120, validators=[MaxValueValidator(30 * 24 * 60)]
    )
    # Local dates: 1 is not the same day, 2 not before the day after tomorrow.
    minimum_notice_days = models.PositiveSmallIntegerField(
        _("minimum notice, in days"), default=0, validators=[MaxValueValidator(30)]
    )
    evening_cutoff = models.TimeField(_("evening cut-off"), null=True, blank=True)
    cancellation_deadline_hours = models.PositiveSmallIntegerField(
        _("deadline to cancel or move, in hours"), default=24, validators=[MaxValueValidator(720)]
    )
    # Online, only times that touch what stands or an edge of her hours, as long as there is one.
    fill_my_days = models.BooleanField(_("fill my days"), default=False)
    # Of visits at home, with a space between two; empty: everywhere.
    postcodes_served = models.CharField(
        _("postcodes visited"),
        max_length=LONGEST,
        blank=True,
        default="",
        db_default="",
        validators=[validate_postcodes],
    )
    closed_on_public_holidays = models.BooleanField(_("closed on public holidays"), default=True)
    reminder_days_before = models.PositiveSmallIntegerField(
        _("days before the appointment"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    reminder_time = models.TimeField(_("time of day"), default=time(14))
    sms_sender_name = models.CharField(
        _("sender name"), max_length=11, blank=True, validators=[validate_sms_sender_name]
    )
    # Empty: Maia's own words, in the patient's language.
    sms_template = models.CharField(
        _("text of the SMS"), max_length=480, blank=True, validators=[validate_sms_template]
    )
    sms_in_gsm_letters = models.BooleanField(_("write it in the SMS alphabet"), default=True)

    objects: ClassVar[models.Manager[Any]] = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "user"],
                condition=Q(user__isnull=False),
                name="practitioner_user_once",
            ),
            models.CheckConstraint(
                condition=Q(booking_horizon_days__range=(1, 730)),
                name="practitioner_horizon_bounds",
            ),
            models.CheckConstraint(
                condition=Q(minimum_notice_minutes__lte=30 * 24 * 60),
                name="practitioner_notice_bounds",
            ),
            models.CheckConstraint(
                condition=Q(minimum_notice_days__lte=30), name="practitioner_notice_days_bounds"
            ),
            models.CheckConstraint(
                condition=Q(cancellation_deadline_hours__lte=720),
                name="practitioner_deadline_bounds",
            ),
            models.CheckConstraint(
                condition=Q(reminder_days_before__range=(1, 7)),
                name="practitioner_reminder_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def address(self) -> str:
        """Where she sees her patients: her own address, or the practice's."""
        return one_line(self.street, self.postcode, self.city) or self.practice.address

    @property
    def has_own_address(self) -> bool:
        return self.address != self.practice.address

    def serves(self, postcode: str) -> bool:
        """Whether she visits at home there."""
        return not self.postcodes_served or bare(postcode) in self.postcodes_served.split()

    @property
    def is_bookable_online(self) -> bool:
        return self.is_active and self.allow_online_booking

    @cached_property
    def takes_over(self) -> "list[Replacement]":
        """From whom she takes over, ever, with whoever is replaced. One query, none where prefetched:
        ``substitutions__practitioner``."""
        known = "substitutions" in getattr(self, "_prefetched_objects_cache", {})
        rows = self.substitutions.all()
        return list(rows if known else rows.select_related("practitioner"))

    @property
    def policy(self) -> Policy:
        return Policy(
            notice=timedelta(minutes=self.minimum_notice_minutes),
            horizon_days=self.booking_horizon_days,
            evening_cutoff=self.evening_cutoff,
            notice_days=self.minimum_notice_days,
        )

    @property
    def cancellation_deadline(self) -> timedelta:
        return timedelta(hours=self.cancellation_deadline_hours)
