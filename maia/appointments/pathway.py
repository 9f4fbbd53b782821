"""Where a patient stands among the appointments that a pregnancy asks for (rule 3.9.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from maia.appointments.limits import AWAY
from maia.appointments.models import Appointment
from maia.appointments.slots import Slot, free_slots, practitioners_for
from maia.availability.pregnancy import Dates, Pregnancy, Unit
from maia.patients.models import Patient
from maia.schedules.models import PathwayStep

SOON = timedelta(days=28)  # before a window opens, it is time to book
MOST_LOOKED_FOR = 3  # steps whose first free time is looked for on one page
LOOK_AHEAD = timedelta(days=91)


class State(StrEnum):
    DONE = "done"  # there was an appointment
    BOOKED = "booked"
    TO_BOOK = "to_book"  # its window is open, or opens soon
    AHEAD = "ahead"  # later than that
    LATE = "late"  # its window is over, and nothing was


@dataclass
class Stand:
    """Of one step: when it is for her, what she has, and the first time that is free, where it was looked
    for (see `look_for_times`)."""

    step: PathwayStep
    dates: Dates
    state: State
    appointment: Appointment | None = None
    first_free: Slot | None = None


def pathway_of(
    pregnancy: Pregnancy,
    steps: Iterable[PathwayStep],
    appointments: Iterable[Appointment],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> list[Stand]:
    """Of the steps whose dates are known, in the practice's order. An appointment of a step's type within its
    dates is that step's, one at most, the earliest first; of what was cancelled or missed nothing counts. Once
    the child is born, a week that nothing was booked for is no step any more. ``now``: an aware instant."""
    today = now.astimezone(zone).date()
    live = sorted(
        (
            one
            for one in appointments
            if one.status != Appointment.Status.CANCELLED and one.attendance not in AWAY
        ),
        key=lambda one: one.start,
    )
    taken: set[int] = set()
    stands = []
    for step in steps:
        dates = pregnancy.dates_of(step.window)
        if dates is None:
            continue
        appointment = next(
            (
                one
                for one in live
                if one.pk not in taken
                and one.type.pk == step.type_id
                and dates.first <= one.start.astimezone(zone).date() <= dates.last
            ),
            None,
        )
        if appointment is not None:
            taken.add(appointment.pk)
            state = State.BOOKED if appointment.end > now else State.DONE
        elif pregnancy.is_over and step.unit == Unit.WEEKS.value:
            continue
        elif dates.last < today:
            state = State.LATE
        else:
            state = State.TO_BOOK if dates.first - SOON <= today else State.AHEAD
        stands.append(Stand(step, dates, state, appointment))
    return stands


def pathway_of_record(
    record: Patient, *, now: datetime, appointments: Iterable[Appointment] | None = None
) -> list[Stand]:
    """``appointments``: of hers, those that the reader sees; all of them if not given. Two queries, none where
    nothing is known of a pregnancy."""
    if record.due_date is None and record.child_birth_date is None:
        return []
    practice = record.practice
    steps = practice.pathway.select_related("type__practice").filter(type__archived=False)
    rows = record.appointments.with_details() if appointments is None else appointments
    return pathway_of(record.pregnancy, steps, rows, now=now, zone=practice.zone)


def look_for_times(stands: Sequence[Stand], *, now: datetime) -> None:
    """Of the first few steps that are to be booked online: the first free time within their dates. Three
    queries each at most."""
    wanted = [
        stand
        for stand in stands
        if stand.state == State.TO_BOOK
        and stand.step.type.is_bookable_online
        and not stand.step.type.private_link
    ]
    for stand in wanted[:MOST_LOOKED_FOR]:
        type = stand.step.type
        today = now.astimezone(type.practice.zone).date()
        first = max(today, stand.dates.first)
        last = min(stand.dates.last, first + LOOK_AHEAD)
        days = free_slots(type, practitioners_for(type, first), first, last, now=now)
        stand.first_free = next((slots[0] for slots in days.values()), None)
