"""The next free times over the weeks to come, for the practice: neither notice nor horizon holds."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from maia.appointments.models import Event
from maia.appointments.slots import MAX_DAYS, Slot, free_slots
from maia.availability.bounds import REACH, is_within_reach
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

SOON = 28  # days: where almost everything that is asked for lies
NOON = time(12)


class Part(StrEnum):
    MORNING = "am"
    AFTERNOON = "pm"


def coming_slots(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    first: date,
    *,
    now: datetime,
    part: Part | None = None,
    weekdays: Collection[int] = (),
    days: int,
    without: Event | None = None,
) -> dict[date, list[Slot]]:
    """The free times after ``now`` of the first ``days`` local dates from ``first`` on that have some,
    three months ahead at most. What is shown here is what is accepted. Two queries at most.

    ``part`` of the day; ``weekdays``: 0 for Monday to 6 for Sunday, none for every day; ``without``: an
    event that is about to leave its place.
    """
    zone, coming = type.practice.zone, dict[date, list[Slot]]()
    today = now.astimezone(zone).date()
    for begin, end in ((0, SOON), (SOON, MAX_DAYS)):
        since = first + timedelta(days=begin)
        if not is_within_reach(since, today):
            return coming
        span = (since, min(first + timedelta(days=end - 1), today + REACH))
        for day, slots in free_slots(type, practitioners, *span, now=None, without=without).items():
            if weekdays and day.weekday() not in weekdays:
                continue
            suits = [slot for slot in slots if slot.start > now and _is_in(slot, part, zone)]
            if suits:
                coming[day] = suits
            if len(coming) == days:
                return coming
    return coming


def first_free(
    type: AppointmentType, practitioner: Practitioner, day: date, *, now: datetime
) -> Slot | None:
    """Of ``day``, the first free time after ``now``; None where nothing is. One query."""
    slots = free_of_day(type, practitioner, day, now=now)
    return next((slot for slot in slots if slot.start > now), None)


def free_of_day(
    type: AppointmentType, practitioner: Practitioner, day: date, *, now: datetime
) -> list[Slot]:
    """Of the whole day, past ones too; none where nothing may be put any more. One query."""
    if not is_within_reach(day, now.astimezone(type.practice.zone).date()):
        return []
    return free_slots(type, [practitioner], day, day, now=None).get(day, [])


def _is_in(slot: Slot, part: Part | None, zone: ZoneInfo) -> bool:
    if part is None:
        return True
    is_morning = slot.start.astimezone(zone).time() < NOON
    return is_morning == (part == Part.MORNING)
