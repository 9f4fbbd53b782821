"""The tenant (rules 3.1, 3.5)."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from maia.accounts.addresses import AddressField
from maia.practices.regions import LONGEST_REGION, region_of_zone, validate_region
from maia.practices.validators import (
    COLOUR,
    SLUG,
    validate_colour,
    validate_slug,
    validate_time_zone,
)


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
