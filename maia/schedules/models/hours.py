"""Usual weekly hours: a practitioner's general ones, or a type's own (rules 3.1 and 3.2)."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maia.availability.dated import MOST_WEEKS
from maia.availability.weekly import MINUTES_A_DAY, InvalidHours, WeeklyHours
from maia.practices.models import Place, Practitioner

if TYPE_CHECKING:
    from maia.schedules.models.types import AppointmentType

Week = Mapping[int, Iterable[tuple[int, int]]]  # minutes of the day, by weekday
SitesOfWeek = Mapping[int, int]  # the key of a `Place`, by weekday


class Turning(models.Model):
    """How many weeks take turns, and what counts them: see `maia.availability.dated.Turn`."""

    weeks = models.PositiveSmallIntegerField(
        _("weeks that take turns"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WEEKS)],
    )
    by_number = models.BooleanField(_("by the number of the week"), default=False, db_default=False)
    first_monday = models.DateField(_("Monday of the first week"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weeks=1, by_number=False)
                | Q(weeks=2, by_number=True)
                | Q(weeks__range=(2, MOST_WEEKS), by_number=False, first_monday__isnull=False),
                name="%(class)s_turn_counted",
            ),
        ]


class Schedule(Turning):
    """Hours: a practitioner's general ones, or a type's own. Its lines are of the usual week, which is
    the first of those that take turns."""

    practitioner = models.OneToOneField(
        Practitioner, models.CASCADE, null=True, blank=True, related_name="schedule"
    )
    appointment_type = models.OneToOneField(
        "AppointmentType", models.CASCADE, null=True, blank=True, related_name="own_schedule"
    )

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [
            *Turning.Meta.constraints,
            models.CheckConstraint(
                condition=Q(practitioner__isnull=True, appointment_type__isnull=False)
                | Q(practitioner__isnull=False, appointment_type__isnull=True),
                name="schedule_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.practitioner or self.appointment_type)

    def write(self, hours: Week, sites: SitesOfWeek | None = None) -> None:
        """Replaces all lines; ``hours`` as `WeeklyHours` takes them; ``sites`` of those that are not at the main
        one, None: each weekday stays where it is. Raises `InvalidHours`."""
        week = WeeklyHours(hours)
        if sites is None:
            sites = self.sites()
        self.lines.all().delete()
        OpeningHours.objects.bulk_create(
            OpeningHours.from_ranges(self, weekday, ranges, sites.get(weekday))
            for weekday in range(7)
            if (ranges := week.on(weekday))
        )

    def sites(self) -> dict[int, int]:
        """The keys of those of weekdays that are not at the main one."""
        lines = self.lines.exclude(place=None)
        return dict(lines.values_list("weekday", "place_id"))

    def hours(self) -> dict[int, list[tuple[int, int]]]:
        """Its ranges by weekday, as `write` takes them."""
        return {line.weekday: line.ranges for line in self.lines.all()}

    @classmethod
    def set_for(
        cls,
        practitioner: Practitioner,
        hours: Week,
        *,
        whole: bool = True,
        sites: SitesOfWeek | None = None,
    ) -> "Schedule":
        """Her general hours; not ``whole``: those weekdays, the others stay. ``sites`` as `write`. Raises
        `InvalidHours`."""
        with transaction.atomic():
            Practitioner.objects.select_for_update().get(pk=practitioner.pk)  # one after the other
            plan, _made = cls.objects.get_or_create(practitioner=practitioner)
            plan.write(hours if whole else plan.hours() | dict(hours), sites)
        return plan

    @classmethod
    def set_own(
        cls,
        type: "AppointmentType",
        hours: Week | None,
        *,
        whole: bool = True,
        sites: SitesOfWeek | None = None,
    ) -> None:
        """A type's own hours, as `set_for`; None: it has the general ones. ``sites`` as `write`. Raises
        `InvalidHours`."""
        with transaction.atomic():
            type.__class__.objects.select_for_update(of=("self",)).get(pk=type.pk)
            if hours is None:
                cls.objects.filter(appointment_type=type).delete()
                return
            plan, _made = cls.objects.get_or_create(appointment_type=type)
            plan.write(hours if whole else plan.hours() | dict(hours), sites)


def ranges_between(start: int, end: int, breaks: list[list[int]]) -> list[tuple[int, int]]:
    """What is open of a line, in minutes of the day."""
    edges = [start, *(minute for gap in breaks for minute in gap), end]
    return list(zip(edges[::2], edges[1::2], strict=True))


class Hours(models.Model):
    """A day's start and end, in wall-clock minutes, and the breaks between them."""

    start = models.PositiveSmallIntegerField(_("start, in minutes since midnight"))
    end = models.PositiveSmallIntegerField(_("end, in minutes since midnight"))
    breaks = models.JSONField(_("breaks"), default=list, blank=True)
    # At which site; None: at the main one (`Place.is_main`).
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), end__lte=MINUTES_A_DAY),
                name="%(class)s_range_order",
            ),
        ]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        return ranges_between(self.start, self.end, self.breaks)


def as_fields(ranges: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """The fields of `Hours` that say ``ranges``, sorted and apart; there is one at least."""
    line = list(ranges)
    gaps = [
        [before[1], after[0]]
        for before, after in zip(line, line[1:], strict=False)
        if before[1] < after[0]
    ]
    return {"start": line[0][0], "end": line[-1][1], "breaks": gaps}


class OpeningHours(Hours):
    """One line of a schedule's usual week."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="lines")
    weekday = models.PositiveSmallIntegerField(_("weekday"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "weekday"], name="hours_one_line_a_weekday"
            ),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="hours_weekday_bounds"),
            models.CheckConstraint(
                condition=Q(start__lt=F("end"), end__lte=MINUTES_A_DAY), name="hours_range_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.ranges}"

    @classmethod
    def from_ranges(
        cls,
        schedule: Schedule,
        weekday: int,
        ranges: Iterable[tuple[int, int]],
        site: int | None = None,
    ) -> Self:
        return cls(schedule=schedule, weekday=weekday, place_id=site, **as_fields(ranges))

    def clean(self) -> None:
        try:
            WeeklyHours({self.weekday: self.ranges})
        except (InvalidHours, TypeError, ValueError):
            raise ValidationError(
                _("Breaks follow each other inside the hours of the line."), code="breaks"
            ) from None
