"""Rooms that several practitioners share (rule 3.3.8): a slot needs one of them free from its start to its
end. Buffers are the practitioner's time, not the room's."""

from bisect import bisect_right
from collections.abc import Sequence

from maia.availability.intervals import Interval, intersect

Rooms = Sequence[Sequence[Interval]]  # when each is taken, as `merge` gives it


def none_free(rooms: Rooms) -> list[Interval]:
    """The time when all of them are taken; of no rooms, none."""
    if not rooms:
        return []
    common, *others = rooms
    for other in others:
        common = intersect(common, other)
    return list(common)


def one_is_free(rooms: Rooms, slot: Interval) -> bool:
    """Whether one of them is free all along. Without rooms it needs none."""
    return not rooms or any(_is_free(taken, slot) for taken in rooms)


def _is_free(taken: Sequence[Interval], slot: Interval) -> bool:
    at = bisect_right(taken, slot.start, key=lambda one: one.end)
    return at == len(taken) or taken[at].start >= slot.end
