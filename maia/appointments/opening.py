"""When practitioners are closed, and why, for the agenda to show: outside hours, absences, the busy
time of other calendars, public holidays."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import WeeklyHours, lay_out
from maia.practices.models import Practitioner
from maia.schedules.holidays import holiday_names
from maia.schedules.models import Absence, AppointmentType, OpeningHours, Schedule


class Why(StrEnum):
    HOURS = "hours"  # outside her weekly hours
    HOLIDAY = "holiday"
    ABSENCE = "absence"
    CALENDAR = "calendar"  # busy in another calendar of hers


class ClosedTime(NamedTuple):
    start: datetime
    end: datetime
    why: Why
    title: str = ""  # the holiday's name, the absence's title, the calendar's name
    absence: int | None = None  # the key of the one that was made by hand

    def local(self, zone: ZoneInfo) -> "ClosedTime":
        return self._replace(start=self.start.astimezone(zone), end=self.end.astimezone(zone))


def closed_times(
    practitioners: Sequence[Practitioner], start: datetime, end: datetime, language: str = ""
) -> Iterator[tuple[Practitioner, list[ClosedTime]]]:
    """Each practitioner of one practice with her closed time in ``[start, end)``. Two queries.

    Time outside her hours comes without what something else closes as well. ``language``: of the
    holidays' names. Times are local.
    """
    hours: dict[int, dict[int, list[tuple[int, int]]]] = {p.pk: {} for p in practitioners}
    for line in OpeningHours.objects.filter(schedule__practitioner__in=list(hours)).select_related(
        "schedule"
    ):
        hours[line.schedule.practitioner_id or 0][line.weekday] = line.ranges
    away: dict[int, list[ClosedTime]] = {p.pk: [] for p in practitioners}
    for absence in Absence.objects.filter(
        practitioner__in=list(hours), end__gt=start, start__lt=end
    ):
        why, key = (Why.CALENDAR, None) if absence.calendar_id else (Why.ABSENCE, absence.pk)
        away[absence.practitioner_id].append(
            ClosedTime(max(absence.start, start), min(absence.end, end), why, absence.title, key)
        )
    whole = [Interval(start.astimezone(UTC), end.astimezone(UTC))]
    for practitioner in practitioners:
        practice = practitioner.practice
        first, last = (at.astimezone(practice.zone).date() for at in (start, end))
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        closed = list(away[practitioner.pk])
        if practitioner.closed_on_public_holidays:
            for day, name in holiday_names(practice, first, last, language).items():
                midnight, next_one = (_midnight(d, practitioner) for d in (day, _after(day)))
                if midnight < end and next_one > start:
                    spans = max(midnight, start), min(next_one, end)
                    closed.append(ClosedTime(*spans, Why.HOLIDAY, name))
        laid = lay_out(WeeklyHours(hours[practitioner.pk]), dates, practice.zone)
        named = [Interval(one.start.astimezone(UTC), one.end.astimezone(UTC)) for one in closed]
        outside = subtract(whole, merge([*(i for _, day in laid for i in day), *named]))
        closed += [ClosedTime(one.start, one.end, Why.HOURS) for one in outside]
        yield practitioner, [one.local(practice.zone) for one in closed]


def what_closes(
    practitioner: Practitioner,
    type: AppointmentType,
    start: datetime,
    end: datetime,
    language: str = "",
) -> list[ClosedTime]:
    """Of ``[start, end)``, in local times: empty where the practitioner works for this type all along."""
    _one, closed = next(closed_times([practitioner], start, end, language))
    own = Schedule.objects.filter(appointment_type=type).first()
    if own is not None:  # in place of the general hours
        zone = practitioner.practice.zone
        day = start.astimezone(zone).date()
        laid = lay_out(WeeklyHours(own.hours()), [day, _after(day)], zone)
        opened = merge(interval for _, intervals in laid for interval in intervals)
        outside = subtract([Interval(start.astimezone(UTC), end.astimezone(UTC))], opened)
        closed = [one for one in closed if one.why != Why.HOURS]
        closed += [ClosedTime(one.start, one.end, Why.HOURS).local(zone) for one in outside]
    return closed


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _midnight(day: date, practitioner: Practitioner) -> datetime:
    return datetime.combine(day, time(), practitioner.practice.zone)
