"""Writing what is said of hours beside the usual week. Each act is given a schedule that is held."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import models, transaction
from django.shortcuts import get_object_or_404

from maia.availability.dated import InvalidPeriod, Turn
from maia.availability.dated import Period as Dated
from maia.availability.weekly import WeeklyHours
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType, OtherHours, Period, Schedule, SpecialDay
from maia.schedules.models.hours import SitesOfWeek, Week, as_fields
from maia.schedules.written import Count

MOST_PERIODS, MOST_DAYS = 100, 500  # of one schedule


class NoOwnHours(Exception):
    """The type follows its practitioners' hours: it has none of its own to change."""


class TooManyDates(Exception):
    """A schedule has `MOST_PERIODS`, or `MOST_DAYS` to come, already."""


class DateTaken(Exception):
    """That date has an exceptional opening already: ``title``."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title


@contextmanager
def holding(owner: Practitioner | AppointmentType) -> Iterator[Schedule]:
    """Her schedule, made if she has none, or the type's own: one who changes it after the other. Raises
    `NoOwnHours`, and Http404 of an owner who is gone."""
    with transaction.atomic():
        rows = owner.__class__._default_manager.select_for_update(of=("self",), no_key=True)
        get_object_or_404(rows, pk=owner.pk)
        if isinstance(owner, Practitioner):
            plan, _made = Schedule.objects.get_or_create(practitioner=owner)
        else:
            own = Schedule.objects.filter(appointment_type=owner).first()
            if own is None:
                raise NoOwnHours
            plan = own
        yield plan


def write_turn(
    plan: Schedule,
    weeks: Sequence[Week],
    count: Count,
    sites: Sequence[SitesOfWeek] | None = None,
) -> None:
    """The first of ``weeks`` is the usual one from now on. ``sites``: of each of them, as `Schedule.write`
    takes them. Raises `InvalidTurn`, `InvalidHours`."""
    _read_turn(weeks, count)
    if sites is None:
        sites = _stored_sites(plan, None, len(weeks))
    plan.write(weeks[0], sites[0])
    plan.weeks, plan.by_number, plan.first_monday = count
    plan.save(update_fields=["weeks", "by_number", "first_monday"])
    plan.other_lines.filter(period=None).delete()
    _write_weeks(plan, None, list(enumerate(weeks))[1:], sites)


def write_period(
    plan: Schedule,
    period: Period,
    weeks: Sequence[Week],
    count: Count,
    sites: Sequence[SitesOfWeek] | None = None,
) -> Period:
    """``period``, new or of this schedule, with its name and dates; ``sites`` as `write_turn`. Raises `InvalidPeriod`, also with the
    name of the one that it would overlap, `InvalidTurn`, `InvalidHours`, `TooManyDates`."""
    turn = _read_turn(weeks, count)
    wanted = Dated(period.name, period.first_date, period.last_date, turn)
    _refuse_if_gone(plan.periods, period)
    others = plan.periods.exclude(pk=period.pk)
    for other in others:
        there = Dated(other.name, other.first_date, other.last_date, turn)
        if there.meets(wanted):
            raise InvalidPeriod("overlapping", other.name)
    if period.pk is None and len(others) >= MOST_PERIODS:
        raise TooManyDates
    if sites is None:
        sites = _stored_sites(plan, period.pk, len(weeks)) if period.pk else [{}] * len(weeks)
    period.schedule = plan
    period.weeks, period.by_number, period.first_monday = count
    period.save()
    period.lines.all().delete()
    _write_weeks(plan, period, list(enumerate(weeks)), sites)
    return period


def write_special_day(
    plan: Schedule,
    special: SpecialDay,
    ranges: Iterable[tuple[int, int]],
    types: Iterable[AppointmentType],
    today: date,
) -> SpecialDay:
    """``special``, new or of this schedule, with its date and title; ``types``: none for all. Raises
    `DateTaken`, `InvalidHours`: an opening has hours, what closes a day is an absence; `TooManyDates`."""
    read = WeeklyHours({special.date.weekday(): ranges}).on(special.date.weekday())
    _refuse_if_gone(plan.special_days, special)
    others = plan.special_days.exclude(pk=special.pk)
    there = others.filter(date=special.date).first()
    if there is not None:
        raise DateTaken(there.title)
    if special.pk is None and others.filter(date__gte=today).count() >= MOST_DAYS:
        raise TooManyDates
    special.schedule = plan
    for name, value in as_fields(read).items():
        setattr(special, name, value)
    special.save()
    special.types.set(types)
    return special


def _refuse_if_gone(rows: models.Manager[Any], row: Period | SpecialDay) -> None:
    """Who changes one that was deleted meanwhile does not make it again. Raises Http404."""
    if row.pk is not None:
        get_object_or_404(rows, pk=row.pk)


def _read_turn(weeks: Sequence[Week], count: Count) -> Turn:
    read = [WeeklyHours(week) for week in weeks]
    return Turn(read, by_number=count.by_number, first_monday=count.first_monday)


def _stored_sites(plan: Schedule, period: int | None, weeks: int) -> list[dict[int, int]]:
    """Where each weekday of the weeks of a turn is until now, by their number."""
    sites: list[dict[int, int]] = [{} for _week in range(weeks)]
    if period is None:
        sites[0] = plan.sites()
    others = plan.other_lines.filter(period=period, week__lt=weeks).exclude(place=None)
    for week, weekday, place in others.values_list("week", "weekday", "place_id"):
        sites[week][weekday] = place
    return sites


def _write_weeks(
    plan: Schedule,
    period: Period | None,
    weeks: list[tuple[int, Week]],
    sites: Sequence[SitesOfWeek],
) -> None:
    OtherHours.objects.bulk_create(
        OtherHours(
            schedule=plan,
            period=period,
            week=number,
            weekday=weekday,
            place_id=sites[number].get(weekday),
            **as_fields(ranges),
        )
        for number, week in weeks
        for weekday in range(7)
        if (ranges := WeeklyHours(week).on(weekday))
    )
