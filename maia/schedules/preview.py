"""What holds on each date to come, and because of what: said before a change of hours, and after (rule 3.1)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from maia.availability.dated import Because, DatedHours
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import WallRange, lay_out
from maia.practices.models import Practitioner
from maia.schedules.holidays import holiday_names, public_holidays
from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.written import PREFETCHED, WrittenHours

ABSENCE = "absence"


class Preview(NamedTuple):
    """``ranges``: minutes of the day; none where it is closed. ``because``: a `Because`, or `ABSENCE` where
    absences leave nothing of its hours."""

    day: date
    ranges: tuple[WallRange, ...]
    because: str
    title: str


def preview(
    practitioner: Practitioner,
    hours: DatedHours,
    first: date,
    last: date,
    *,
    language: str = "",
) -> Iterator[Preview]:
    """What ``hours`` give from ``first`` to ``last``, both included, less the absences of ``practitioner``.
    One query. ``language``: of the holidays' names."""
    practice = practitioner.practice
    names = holiday_names(practice, first, last, language)
    margin = timedelta(days=2)
    away = practitioner.absences.filter(
        end__date__gte=first - margin, start__date__lte=last + margin
    )
    absences = [(Interval(one.start, one.end), one.title) for one in away.order_by("start")]
    holes = merge(interval for interval, _title in absences)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        held = hours.on(day)
        opened = [one for _day, laid in lay_out(hours, [day], practice.zone) for one in laid]
        if opened and not subtract(opened, holes):
            titles = (title for hole, title in absences if hole.overlaps(opened[0]))
            yield Preview(day, (), ABSENCE, next(titles, ""))
        elif held.because == Because.HOLIDAY:
            yield Preview(day, (), held.because, names.get(day, ""))
        else:
            yield Preview(day, held.ranges, held.because, held.title)


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
