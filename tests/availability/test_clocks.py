"""Wall-clock times that no clock shows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maia.availability.clocks import is_skipped


@pytest.mark.rule("3.1.2")
@pytest.mark.parametrize(
    ("zone", "wall", "skipped"),
    [
        ("Europe/Paris", "2027-03-28T01:59", False),
        ("Europe/Paris", "2027-03-28T02:00", True),
        ("Europe/Paris", "2027-03-28T02:59", True),
        ("Europe/Paris", "2027-03-28T03:00", False),
        ("Europe/Paris", "2027-10-31T02:30", False),  # twice
        ("Indian/Reunion", "2027-03-28T02:30", False),
        ("Australia/Lord_Howe", "2027-10-03T02:15", True),  # half an hour
        ("America/Havana", "2027-03-14T00:30", True),
    ],
)
def test_hours_that_the_clocks_go_over(zone, wall, skipped):
    assert is_skipped(datetime.fromisoformat(wall), ZoneInfo(zone)) is skipped


def test_a_year_has_one_such_hour_in_paris():
    day = datetime(2027, 1, 1)  # noqa: DTZ001  a wall clock
    paris, half = ZoneInfo("Europe/Paris"), timedelta(minutes=30)
    assert sum(is_skipped(day + half * n, paris) for n in range(2 * 24 * 365)) == 2
