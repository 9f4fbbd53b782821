"""The tenant and its professionals, with each one's booking rules (rules 3.1, 3.5)."""

from datetime import time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from maia.accounts.addresses import AddressField
from maia.availability.policy import Policy
from maia.practices.pictures import Drawing
from maia.practices.regions import LONGEST_REGION, region_of_zone, validate_region
from maia.practices.registers import validate_am_number, validate_rpps, validate_siret
from maia.practices.sms import validate_sms_sender_name, validate_sms_template

COLOUR = r"^#[0-9a-f]{6}$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# First path segments that are ours: a practice there could not be reached.
RESERVED_SLUGS = frozenset(
    [
        "a",
        "accounts",
        "admin",
        "agenda",
        "aide",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "cabinet",
        "cabinets",
        "confidentialite",
        "metrics",
        "contact",
        "demo",
        "docs",
        "embed",
        "favicon",
        "feeds",
        "healthz",
        "help",
        "hooks",
        "invitation",
        "i18n",
        "l",
        "legal",
        "login",
        "logout",
        "maia",
        "media",
        "mentions-legales",
        "mes-rendez-vous",
        "mon-compte",
        "metrics",
        "new",
        "nouveau",
        "office",
        "pro",
        "robots",
        "static",
        "status",
        "support",
        "theme",
        "well-known",
        "www",
    ]
)


def validate_colour(value: str) -> None:
    RegexValidator(COLOUR, _("A colour is written #rrggbb, for instance #1f7a5c."))(value)


def validate_time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValidationError(_("This time zone is not known."), code="time_zone") from None


def validate_slug(value: str) -> None:
    RegexValidator(SLUG, _("Use lowercase letters, digits and hyphens."))(value)
    if value in RESERVED_SLUGS:
        raise ValidationError(_("This address is kept for Maia itself."), code="reserved")


class Suspension(models.TextChoices):
    """What an operator does to a practice that must not go on for now."""

    NONE = "", _("open")
    TOLD = "told", _("suspended")  # what is booked stands, and its messages leave
    SILENT = "silent", _("suspended, and silent")  # no message leaves


class Practice(models.Model):
    """The tenant: everything hangs from one."""

    class SelfRegistration(models.TextChoices):
        OPEN = "open", _("anybody with an email address")
        KNOWN = "known", _("patients whose record has their email address")
        CLOSED = "closed", _("nobody: on invitation only")

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(_("address"), max_length=60, unique=True, validators=[validate_slug])
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Europe/Paris", validators=[validate_time_zone]
    )
    country = models.CharField(_("country"), max_length=2, default="FR")
    holiday_region = models.CharField(
        _("public holidays of"), max_length=LONGEST_REGION, blank=True
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    directions = models.CharField(_("how to come"), max_length=300, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = AddressField(_("email address"), blank=True)
    logo = models.ForeignKey(
        "Picture", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    accent_colour = models.CharField(
        _("accent colour"), max_length=7, default="#1f7a5c", validators=[validate_colour]
    )
    self_registration = models.CharField(
        _("who may register"),
        max_length=6,
        choices=SelfRegistration.choices,
        default=SelfRegistration.OPEN,
    )
    require_second_factor = models.BooleanField(
        _("a second factor for the whole team"), default=False
    )
    # What is written on records and appointments: not for the assistants' eyes.
    notes_for_practitioners = models.BooleanField(
        _("notes are for practitioners only"), default=False
    )
    # Against machines, and one person's whole summer: a course of ten sessions still fits.
    max_open_bookings = models.PositiveSmallIntegerField(
        _("appointments to come that a patient may book online"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    # She hands out the link of her booking page: the checklist does not ask for a website.
    without_website = models.BooleanField(_("no website"), default=False)
    suspension = models.CharField(
        _("state"),
        max_length=6,
        choices=Suspension.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        constraints = [
            models.CheckConstraint(condition=Q(slug__regex=SLUG), name="practice_slug_format"),
            models.CheckConstraint(
                condition=Q(accent_colour__regex=COLOUR), name="practice_accent_colour_format"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            validate_region(self.country, self.holiday_region)
        except ValidationError as error:
            raise ValidationError({"holiday_region": error}) from None
        if FormerSlug.objects.filter(slug=self.slug).exclude(practice=self.pk).exists():
            # Links and websites of that practice would lead here.
            raise ValidationError({"slug": _("Another practice had this address before.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new one in a time zone of a region begins with the holidays of that region."""
        if self._state.adding and not self.holiday_region:
            self.holiday_region = region_of_zone(self.country, self.time_zone)
        super().save(*args, **kwargs)

    @property
    def is_suspended(self) -> bool:
        return bool(self.suspension)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def address(self) -> str:
        """On one line, empty when the practice gave none."""
        return one_line(self.street, self.postcode, self.city)


def one_line(street: str, postcode: str, city: str) -> str:
    """An address, empty when there is none."""
    town = f"{postcode} {city}".strip()
    return ", ".join(part for part in (street, town) if part)


class FormerSlug(models.Model):
    """A name that a practice had: it leads to the practice, and nobody else is given it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="former_slugs")
    slug = models.CharField(_("address"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug


class Website(models.Model):
    """A website that may show the booking page in a frame: `websites.parse_origin` made it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="websites")
    origin = models.CharField(_("website"), max_length=280)

    class Meta:
        verbose_name = _("website")
        verbose_name_plural = _("websites")
        ordering = ["origin"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "origin"], name="website_once"),
        ]

    def __str__(self) -> str:
        return self.origin


class PictureManager(models.Manager["Picture"]):
    def get_queryset(self) -> models.QuerySet["Picture"]:
        return super().get_queryset().defer("content")  # a page needs its name and size

    def put(self, practice: Practice, drawing: Drawing) -> "Picture":
        """The same drawing twice is one row."""
        picture, _made = self.get_or_create(
            practice=practice,
            digest=drawing.digest,
            defaults={
                "content": drawing.content,
                "width": drawing.width,
                "height": drawing.height,
            },
        )
        return picture

    def forget_unseen(self, practice: Practice) -> None:
        """Deletes those that nobody shows any more: their addresses would still open them."""
        photos = practice.practitioners.values_list("photo", flat=True)
        shown = [pk for pk in (practice.logo_id, *photos) if pk is not None]
        self.filter(practice=practice).exclude(pk__in=shown).delete()


class Picture(models.Model):
    """WebP, drawn by `pictures.draw`. Patients see it on the booking page: it is public."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="pictures")
    digest = models.CharField(max_length=32)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    objects = PictureManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["practice", "digest"], name="picture_once"),
        ]

    def __str__(self) -> str:
        return self.digest


class Membership(models.Model):
    """A user's place in a practice's team."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        PRACTITIONER = "practitioner", _("practitioner")
        ASSISTANT = "assistant", _("assistant")

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

    @property
    def is_bookable_online(self) -> bool:
        return self.is_active and self.allow_online_booking

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
