from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from maia.availability.intervals import Interval, merge, subtract

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)


def at(n):
    return ORIGIN + timedelta(minutes=n)


def intervals(*pairs):
    return [Interval(at(a), at(b)) for a, b in pairs]


def test_merge_sorts_joins_what_touches_and_drops_what_is_empty():
    given = intervals((30, 40), (0, 10), (10, 20), (5, 8), (25, 25))
    assert merge(given) == intervals((0, 20), (30, 40))


def test_subtract_cuts_holes_that_cross_several_intervals():
    assert subtract(intervals((0, 10), (20, 30)), intervals((5, 25))) == intervals((0, 5), (25, 30))
    assert subtract(intervals((0, 10)), intervals((10, 20))) == intervals((0, 10))


def test_overlaps_is_half_open():
    (a, b, c) = intervals((0, 10), (10, 20), (9, 11))
    assert not a.overlaps(b)
    assert a.overlaps(c)


pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def covered(found):
    return {m for m in range(60) if any(i.start <= at(m) < i.end for i in found)}


@given(pairs, pairs)
def test_subtract_is_the_difference_of_the_minutes_covered(ranges, holes):
    whole, cut = merge(intervals(*ranges)), merge(intervals(*holes))
    assert covered(subtract(whole, cut)) == covered(whole) - covered(cut)
