"""Where a practice works (rule 3.8): its sites, and the time that lies between two of them."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from maia.practices.models.practice import Practice, one_line
from maia.practices.models.team import Practitioner

MOST_PLACES = 30  # of one practice
LONGEST_TRAVEL = 240  # minutes


class PlaceKind(models.TextChoices):
    """Where a type happens (rule 3.8)."""

    SITE = "site", _("at the practice")
    HOME = "home", _("at the patient's home")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class PlaceQuerySet(models.QuerySet["Place"]):
    def live_sites(self) -> "PlaceQuerySet":
        """Those that hours and types may name."""
        return self.filter(kind=PlaceKind.SITE, archived=False)


class Place(models.Model):
    """One of the practice's places. Most practices have none: all is at their own address.

    With the first other site comes the row that ``is_main``: the practice's own address, or that of a
    practitioner who has one. Hours and events that name no site are there.
    """

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="places")
    kind = models.CharField(
        _("kind"), max_length=5, choices=PlaceKind.choices, default=PlaceKind.SITE
    )
    is_main = models.BooleanField(default=False, editable=False)
    name = models.CharField(_("name"), max_length=80)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    directions = models.CharField(_("how to come"), max_length=300, blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    link = models.CharField(
        _("link of the video room"),
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    # It has been left. What was, or still is, to be there keeps it.
    archived = models.BooleanField(_("archived"), default=False)

    objects: ClassVar[models.Manager["Place"]] = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_kind_known"),
            models.UniqueConstraint(
                fields=["practice"], condition=Q(is_main=True), name="place_main_once"
            ),
            models.UniqueConstraint(
                fields=["practice", "name"], condition=Q(archived=False), name="place_name_once"
            ),
            models.CheckConstraint(
                condition=Q(is_main=False) | Q(kind=PlaceKind.SITE, archived=False),
                name="place_main_is_a_site",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """On one line, empty where none was given."""
        if self.is_main:
            return self.practice.address
        return one_line(self.street, self.postcode, self.city)

    @property
    def as_stored(self) -> "Place | None":
        """As hours and events name it: the main one is named by none."""
        return None if self.is_main else self

    @classmethod
    def begin_with_main(cls, practice: Practice) -> None:
        """The practice's own address becomes one of its sites, before it has another."""
        with transaction.atomic():
            Practice.objects.select_for_update().get(pk=practice.pk)
            if not cls.objects.filter(practice=practice, is_main=True).exists():
                cls.objects.create(practice=practice, is_main=True, name=practice.name[:80])


class Travel(models.Model):
    """What one practitioner needs from a site to another, either way."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="travels")
    # In the order of their keys.
    one = models.ForeignKey(Place, models.CASCADE, related_name="+")
    other = models.ForeignKey(Place, models.CASCADE, related_name="+")
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TRAVEL)]
    )

    class Meta:
        verbose_name = _("travel time")
        verbose_name_plural = _("travel times")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__range=(1, LONGEST_TRAVEL)), name="travel_minutes_bounds"
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="travel_in_order"),
            models.UniqueConstraint(fields=["practitioner", "one", "other"], name="travel_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one} {self.other} {self.minutes}"
