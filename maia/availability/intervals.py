"""Half-open intervals of UTC instants, and what is done to them: merging, subtracting, intersecting.

An interval holds its start and not its end, so two that touch do not overlap.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class Interval(NamedTuple):
    """``[start, end)``, two aware UTC instants, ``start`` before ``end``."""

    start: datetime
    end: datetime

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as sorted intervals that neither overlap nor touch. Empty ones are dropped."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, end)
        else:
            merged.append(Interval(start, end))
    return merged


def subtract(intervals: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """What is left of ``intervals`` once ``holes`` are cut out.

    ``holes`` are as `merge` gives them; ``intervals`` are sorted and do not overlap, but may
    touch: two that touch stay two. One pass over both.
    """
    left: list[Interval] = []
    first = 0
    for start, end in intervals:
        while first < len(holes) and holes[first].end <= start:
            first += 1
        at = start
        i = first
        while i < len(holes) and holes[i].start < end:
            if at < holes[i].start:
                left.append(Interval(at, holes[i].start))
            at = max(at, holes[i].end)
            i += 1
        if at < end:
            left.append(Interval(at, end))
    return left


def intersect(intervals: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The time that both hold; each as `merge` gives it, as is what comes out."""
    common: list[Interval] = []
    i = j = 0
    while i < len(intervals) and j < len(others):
        start = max(intervals[i].start, others[j].start)
        end = min(intervals[i].end, others[j].end)
        if start < end:
            common.append(Interval(start, end))
        if intervals[i].end <= others[j].end:
            i += 1
        else:
            j += 1
    return common
