"""Free slots of one practitioner for one type (rule 3.3): working time, less busy time,
cut into slots. The grid depends on hours and busy time only, never on the clock."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from maia.availability.intervals import Interval, merge, subtract
from maia.availability.policy import Window
from maia.availability.rooms import Rooms, none_free, one_is_free
from maia.availability.weekly import Hours, lay_out

NOTHING = timedelta(0)


class Busy(NamedTuple):
    """Time that is taken, with the buffers that its own type asks for around it."""

    start: datetime  # UTC
    end: datetime  # UTC
    buffer_before: timedelta = NOTHING
    buffer_after: timedelta = NOTHING


class Touching(Interval):
    """A slot that begins or ends where something else does: working time, or what is taken, buffers
    between them apart."""

    __slots__ = ()


@dataclass(frozen=True)
class Shape:
    """What a type asks of a slot. ``own_step``: its own distance between two starts."""

    duration: timedelta
    own_step: timedelta | None = None
    buffer_before: timedelta = NOTHING
    buffer_after: timedelta = NOTHING

    def __post_init__(self) -> None:
        if self.duration <= NOTHING or self.step <= NOTHING:
            raise ValueError("duration and step are longer than nothing")

    @property
    def step(self) -> timedelta:
        """Between two starts. By itself, as far apart as two of them can follow each other: the
        slots of a day, taken in any order, leave no hole."""
        return self.own_step or self.duration + max(self.buffer_before, self.buffer_after)


def day_slots(
    *,
    hours: Hours,
    dates: Iterable[date],
    zone: tzinfo,
    shape: Shape,
    busy: Iterable[Busy] = (),
    closed: Iterable[Interval] = (),
    full_dates: Collection[date] = (),
    rooms: Rooms = (),
) -> Iterator[tuple[date, list[Interval]]]:
    """Each date of ``dates`` (local, sorted) that has free slots, with them in order.

    ``closed`` is time when the practitioner is not there (absences), cut as it is; ``full_dates``
    are dates that take no more (at most N a day); ``rooms``: when each of those that the type may take
    is taken, by whomever. Neither notice nor horizon applies, as
    for the practitioner herself: see `within`.
    """
    holes = merge([*closed, *none_free(rooms), *(_taken(b, shape) for b in busy)])
    wanted = [d for d in dates if d not in full_dates]
    reached = 0
    for day, opened in lay_out(hours, wanted, zone):
        while reached < len(holes) and holes[reached].end <= opened[0].start:
            reached += 1
        until = reached
        while until < len(holes) and holes[until].start < opened[-1].end:
            until += 1
        slots = [
            slot for free in subtract(opened, holes[reached:until]) for slot in _cut(free, shape)
        ]
        if len(rooms) > 1:  # one after the other they are free, and none of them all along
            slots = [slot for slot in slots if one_is_free(rooms, slot)]
        if slots:
            yield day, slots


def within(
    window: Window, days: Iterable[tuple[date, Sequence[Interval]]]
) -> Iterator[tuple[date, Sequence[Interval]]]:
    """Of `day_slots`, what may be booked online now."""
    for day, slots in days:
        if window.opens(day):
            allowed = [slot for slot in slots if window.allows(slot.start)]
            if allowed:
                yield day, allowed


def filling(
    days: Iterable[tuple[date, Sequence[Interval]]],
) -> Iterator[tuple[date, Sequence[Interval]]]:
    """Of what may be booked online, on each date those that touch something, as long as there is one:
    her days fill without holes (rule 3.3.7)."""
    for day, slots in days:
        yield day, [slot for slot in slots if isinstance(slot, Touching)] or slots


def may_have_been_free(
    start: datetime,
    *,
    hours: Hours,
    day: date,
    zone: tzinfo,
    shape: Shape,
    busy: Iterable[Busy] = (),
    closed: Iterable[Interval] = (),
    rooms: Rooms = (),
) -> bool:
    """Whether ``start``, which is no slot now, may have been one before somebody else booked: it
    lies in working time, on a grid that begins with the hours or after something that is there."""
    end = start + shape.duration
    away = merge(closed)
    taken = [*none_free(rooms), *(_taken(one, shape) for one in busy)]
    for _day, opened in lay_out(hours, [day], zone):
        for free in subtract(opened, away):
            if free.start <= start and end <= free.end:
                if not one_is_free(rooms, Interval(start, end)):
                    return True
                anchors = [free.start, *(one.end for one in taken)]
                return any(one.start < end and start < one.end for one in taken) or any(
                    anchor <= start and (start - anchor) % shape.step == NOTHING
                    for anchor in anchors
                )
    return False


def _taken(busy: Busy, shape: Shape) -> Interval:
    # Two neighbours are apart by the larger of the two buffers that meet between them: a buffer
    # may lie over another buffer, never over an appointment.
    return Interval(
        busy.start - max(busy.buffer_before, shape.buffer_after),
        busy.end + max(busy.buffer_after, shape.buffer_before),
    )


def _cut(free: Interval, shape: Shape) -> Iterator[Interval]:
    start = free.start
    while (end := start + shape.duration) <= free.end:
        touches = start == free.start or end == free.end
        yield Touching(start, end) if touches else Interval(start, end)
        start += shape.step
