"""A line of a schedule: what is refused, and with which word."""

import pytest

from maia.availability.weekly import InvalidHours, WeeklyHours


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ([(540, 540)], "reversed"),
        ([(600, 540)], "reversed"),
        ([(540, 660), (600, 720)], "overlapping"),
        ([(540, 720), (600, 660)], "overlapping"),
        ([(-1, 60)], "out_of_day"),
        ([(1380, 1441)], "out_of_day"),
    ],
)
def test_bad_lines_are_refused_with_their_weekday(line, code):
    with pytest.raises(InvalidHours) as refusal:
        WeeklyHours({2: line})
    assert (refusal.value.code, refusal.value.weekday) == (code, 2)


def test_an_eighth_weekday_is_refused():
    with pytest.raises(InvalidHours, match="unknown_weekday"):
        WeeklyHours({7: [(0, 60)]})


def test_ranges_are_kept_sorted_and_may_touch():
    hours = WeeklyHours({0: [(840, 1080), (540, 840)], 6: []})
    assert hours.on(0) == ((540, 840), (840, 1080))
    assert hours.on(6) == ()
    assert hours == WeeklyHours({0: [(540, 840), (840, 1080)]})
