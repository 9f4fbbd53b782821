"""Rules of RFC 5545 in other people's calendars: as another reader has them, and never for long."""

import random
from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr

from maia.calendars import repeating
from maia.calendars.repeating import NotUnderstood, starts

OPENS, CLOSES = datetime(2026, 10, 1), datetime(2028, 12, 31)  # noqa: DTZ001  wall clocks
START = datetime(2026, 12, 3, 9, 30)  # noqa: DTZ001
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def read(rule, start=START):
    return list(starts(rule, start, None, OPENS, CLOSES))


def by_dateutil(rule, start):
    times = rrulestr(rule, dtstart=start).xafter(OPENS, inc=True)
    return list(takewhile(lambda at: at <= CLOSES, times))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;COUNT=9", "FREQ=DAILY;BYMONTH=1,3;BYDAY=MO,FR",
        "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU",
        "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9,14;BYMINUTE=0",
        "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=2TU,-1FR", "FREQ=MONTHLY;BYMONTHDAY=31,-1",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;INTERVAL=5;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "FREQ=YEARLY;BYYEARDAY=1,-1",
        "FREQ=YEARLY;BYWEEKNO=1,20,53;BYDAY=MO", "FREQ=YEARLY;BYDAY=20MO,-2SU", "FREQ=YEARLY;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=7", "FREQ=HOURLY;BYHOUR=8,9;BYDAY=MO;BYMINUTE=0,20",
        "FREQ=MINUTELY;INTERVAL=90;BYDAY=TU", "FREQ=SECONDLY;INTERVAL=86400", "FREQ=HOURLY;COUNT=30",
    ],
)  # fmt: skip
@pytest.mark.parametrize("start", [START, datetime(2008, 2, 29, 9, 30)])  # noqa: DTZ001
def test_it_reads_as_another_reader_does(rule, start):
    assert read(rule, start) == by_dateutil(rule, start)


def test_rules_by_chance_are_read_as_another_reader_does():
    chance, compared = random.Random(5545), 0

    def some(times, most):
        signed = [chance.choice((1, 1, -1)) * chance.randint(1, most) for _ in range(times)]
        return ",".join(map(str, signed))

    while compared < 30:
        frequency = chance.choice(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"])
        parts = [f"FREQ={frequency}", f"INTERVAL={chance.randint(1, 4)}"]
        if chance.random() < 0.3:
            parts.append(f"BYDAY={','.join(chance.sample(WEEKDAYS, 3))}")
        if frequency in ("YEARLY", "MONTHLY") and chance.random() < 0.5:
            parts.append(f"BYMONTHDAY={some(4, 28)}")
        if frequency in ("YEARLY", "MONTHLY") and chance.random() < 0.3:
            parts.append(f"BYSETPOS={some(2, 3)}")
        if chance.random() < 0.3:
            parts.append(f"COUNT={chance.randint(1, 90)}")
        rule, start = ";".join(parts), START - timedelta(hours=chance.randint(0, 60_000))
        if ours := read(rule, start):
            assert ours == by_dateutil(rule, start), (rule, start)
            compared += 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3", "FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=31;BYMONTH=4",
        "FREQ=HOURLY;BYMONTH=6;BYMONTHDAY=31", "FREQ=HOURLY;INTERVAL=2;BYHOUR=8",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=31", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=9", "FREQ=DAILY;BYSETPOS=2", "FREQ=YEARLY;INTERVAL=999999",
        "FREQ=DAILY;COUNT=999999;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    ],
)  # fmt: skip
def test_what_matches_nothing_is_looked_at_no_longer_than_the_window(rule, monkeypatch):
    """Counted, not timed. Other readers walk on to the year 9999."""
    looked = []
    step = repeating._Rule.step
    monkeypatch.setattr(repeating._Rule, "step", lambda one: (looked.append(1), step(one)))
    assert read(rule) in ([], [START])
    assert len(looked) < 30_000


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=SECONDLY;BYSECOND=1;BYMINUTE=1;INTERVAL=7",
        "FREQ=SECONDLY;INTERVAL=2;BYSECOND=31", "FREQ=DAILY;COUNT=999999;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12",
    ],
)  # fmt: skip
def test_what_would_take_long_is_not_understood(rule):
    with pytest.raises(NotUnderstood):
        read(rule, datetime(1970, 1, 1, 8))  # noqa: DTZ001


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=NEVER", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYSECOND=60",
        "FREQ=DAILY;BYDAY=0MO", "FREQ=DAILY;BYDAY=54MO", "FREQ=DAILY;BYDAY=", "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;WKST=XX", "FREQ=DAILY;BYEASTER=1", "FREQ=DAILY;COUNT=-1",
    ],
)  # fmt: skip
def test_what_is_no_rule(rule):
    with pytest.raises(NotUnderstood):
        read(rule)
