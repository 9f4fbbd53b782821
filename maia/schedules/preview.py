"""What holds on each date to come, and because of what: said before a change of hours, and after (rule 3.1)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from maia.availability.dated import Because, DatedHours
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.replacing import Handed, ReplacedHours, TakenOver
from maia.availability.weekly import WallRange, WeeklyHours, lay_out
from maia.practices.models import Practitioner, Replacement
from maia.schedules.holidays import holiday_names, public_holidays
from maia.schedules.models import AppointmentType, Schedule, SpecialDay
from maia.schedules.written import PREFETCHED, WrittenHours

ABSENCE = "absence"


class Preview(NamedTuple):
    """``ranges``: minutes of the day; none where it is closed. ``because``: a `Because`, or `ABSENCE` where
    absences leave nothing of its hours."""

    day: date
    ranges: tuple[WallRange, ...]
    because: str
    title: str
    site: int | None = None  # its key; None: the main one


class ForSome(NamedTuple):
    """An exceptional opening of a date for ``types`` alone, by their keys; the others go by what holds."""

    ranges: tuple[WallRange, ...]
    title: str
    site: int | None
    types: list[int]


def preview(
    practitioner: Practitioner,
    hours: DatedHours,
    first: date,
    last: date,
    *,
    language: str = "",
    type: AppointmentType | None = None,
) -> Iterator[Preview]:
    """What ``hours`` give from ``first`` to ``last``, both included, less the absences of ``practitioner``,
    and what replacements make of them, by name. Two queries; some more for each whom she replaces by
    that one's hours. ``language``: of the holidays' names; ``type``: whose own hours they are."""
    practice = practitioner.practice
    replaced = with_replacements(practitioner, hours, first, last, type)
    names = holiday_names(practice, first, last, language)
    absences = _absences(practitioner, first, last)
    holes = merge(interval for interval, _title in absences)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        held = replaced.on(day)
        opened = [one for _day, laid in lay_out(replaced, [day], practice.zone) for one in laid]
        if opened and not subtract(opened, holes):
            titles = (title for hole, title in absences if hole.overlaps(opened[0]))
            yield Preview(day, (), ABSENCE, next(titles, ""))
        elif held.because == Because.HOLIDAY:
            yield Preview(day, (), held.because, names.get(day, ""))
        else:
            yield Preview(day, *held)


def for_some(practitioner: Practitioner, first: date, last: date) -> dict[date, ForSome]:
    """By date: for types that she offers, where an absence leaves something of it. Three queries and one of the
    absences."""
    rows = SpecialDay.objects.filter(schedule__practitioner=practitioner, types__isnull=False)
    rows = rows.filter(date__range=(first, last)).prefetch_related("types__some").distinct()
    holes = merge(interval for interval, _title in _absences(practitioner, first, last))
    found = {}
    for row in rows:
        hours = WeeklyHours({row.date.weekday(): row.ranges})
        laid = lay_out(hours, [row.date], practitioner.practice.zone)
        opened = [one for _day, intervals in laid for one in intervals]
        types = sorted(type.pk for type in row.types.all() if type.is_given_by(practitioner))
        if types and subtract(opened, holes):
            ranges = tuple(hours.on(row.date.weekday()))
            found[row.date] = ForSome(ranges, row.title, row.place_id, types)
    return found


def _absences(practitioner: Practitioner, first: date, last: date) -> list[tuple[Interval, str]]:
    margin = timedelta(days=2)
    away = practitioner.absences.filter(
        end__date__gte=first - margin, start__date__lte=last + margin
    )
    return [(Interval(one.start, one.end), one.title) for one in away.order_by("start")]


def with_replacements(
    practitioner: Practitioner,
    hours: DatedHours,
    first: date,
    last: date,
    type: AppointmentType | None = None,
) -> ReplacedHours:
    """``hours``, with what she has handed over and taken over in these dates (rule 3.10)."""
    rows = Replacement.objects.meeting(first, last).with_names().order_by("first_date")
    handed, taken_over = [], []
    for one in rows.filter(Q(practitioner=practitioner) | Q(substitute=practitioner)):
        span = (one.first_date, one.last_date)
        if one.practitioner_id == practitioner.pk:
            handed.append(Handed(*span, one.substitute.name))
            continue
        one.practitioner.practice = practitioner.practice
        if type is None or type.is_offered_by(one.practitioner):
            by_others = one.hours == Replacement.Hours.REPLACED
            others = stored_hours(one.practitioner, first, last, type) if by_others else None
            taken_over.append(TakenOver(*span, others, one.practitioner.name))
    is_hers = type is None or type.is_offered_by(practitioner)
    return ReplacedHours(hours, is_hers, handed, taken_over)


def stored_hours(
    practitioner: Practitioner, first: date, last: date, type: AppointmentType | None = None
) -> DatedHours:
    """As they are stored now; of a type's own hours, if it is given and has some."""
    plans = Schedule.objects.prefetch_related(*PREFETCHED)
    general = WrittenHours.of(plans.filter(practitioner=practitioner).first())
    holidays = closing_holidays(practitioner, first, last)
    if type is None:
        return general.dated(holidays=holidays)
    own = plans.filter(appointment_type=type).first()
    if own is None:
        return general.dated(type.pk, holidays)
    return general.replaced_by(WrittenHours.of(own), type.pk, holidays)


def closing_holidays(practitioner: Practitioner, first: date, last: date) -> frozenset[date]:
    """The public holidays on which she is closed."""
    if not practitioner.closed_on_public_holidays:
        return frozenset()
    return frozenset(public_holidays(practitioner.practice, first, last))
