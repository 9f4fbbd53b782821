"""When practitioners are closed, for the agenda to grey: outside hours, absences, holidays."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import WeeklyHours, lay_out
from maia.practices.models import Practitioner
from maia.schedules.holidays import public_holidays
from maia.schedules.models import Absence, OpeningHours


def closed_times(
    practitioners: Sequence[Practitioner], start: datetime, end: datetime
) -> Iterator[tuple[Practitioner, list[Interval]]]:
    """Each practitioner of one practice with her closed time in ``[start, end)``. Two queries."""
    hours: dict[int, dict[int, list[tuple[int, int]]]] = {p.pk: {} for p in practitioners}
    for line in OpeningHours.objects.filter(schedule__practitioner__in=list(hours)).select_related(
        "schedule"
    ):
        hours[line.schedule.practitioner_id or 0][line.weekday] = line.ranges
    away: dict[int, list[Interval]] = {p.pk: [] for p in practitioners}
    for absence in Absence.objects.filter(
        practitioner__in=list(hours), end__gt=start, start__lt=end
    ):
        away[absence.practitioner_id].append(Interval(absence.start, absence.end))
    whole = [Interval(start.astimezone(UTC), end.astimezone(UTC))]
    for practitioner in practitioners:
        practice = practitioner.practice
        first, last = (at.astimezone(practice.zone).date() for at in (start, end))
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        if practitioner.closed_on_public_holidays:
            holidays = public_holidays(practice, first, last)
            dates = [day for day in dates if day not in holidays]
        laid = lay_out(WeeklyHours(hours[practitioner.pk]), dates, practice.zone)
        opened = subtract(merge(i for _, day in laid for i in day), merge(away[practitioner.pk]))
        yield practitioner, subtract(whole, opened)
