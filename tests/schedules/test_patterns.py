"""Which forms of a rule are kept, and what reading one costs, whoever wrote it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from maia.schedules.patterns import BadRule, parts_of, pattern_of
from maia.schedules.repeating import LONGEST, Rule, read_rule, walk

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
START = datetime(2026, 12, 3, 9)  # noqa: DTZ001  a Thursday
MOST_CALLS = 150_000  # of functions: twenty years of days, and some for each
NUMBERS = [
    "",
    "0",
    "-0",
    "+0",
    "1",
    "-1",
    "6",
    "-6",
    "13",
    "31",
    "-31",
    "32",
    "-32",
    "99",
    "100",
    "9" * 26,
    "1_0",
    "\u0661",
    "x",
]


@contextmanager
def few_calls() -> Iterator[None]:
    """Fails at the first call too many, so that what never ends ends here."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"
        assert calls < MOST_CALLS, "it goes on and on"

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


def nasty() -> Iterator[str]:
    for frequency, number in product(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"), NUMBERS):
        for part in ("INTERVAL", "BYMONTH", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"):
            yield f"FREQ={frequency};{part}={number}"
        for rest in ("BYMONTH=4", "BYMONTH=5;COUNT=1", "BYMONTHDAY=31;BYMONTH=2;COUNT=800"):
            yield f"FREQ={frequency};INTERVAL={number};{rest}"
        yield f"FREQ={frequency};BYDAY={number}MO"
        yield f"FREQ={frequency};BYDAY={number}TH;BYMONTH={number};COUNT=800"


@pytest.mark.rule("3.12.1")
def test_reading_any_rule_ends_soon():
    for text in nasty():
        with few_calls():
            try:
                rule = read_rule(text, START, PARIS)
            except BadRule:
                continue
            list(walk(rule, START.date(), until=START.date() + LONGEST))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=DAILY;INTERVAL=0;BYMONTH=4", "out_of_range"),
        ("FREQ=WEEKLY;INTERVAL=0;BYMONTH=5;COUNT=1", "out_of_range"),
        ("FREQ=DAILY;INTERVAL=-1", "out_of_range"),
        ("FREQ=DAILY;INTERVAL=100", "out_of_range"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999999999", "out_of_range"),
        ("FREQ=DAILY;BYMONTH=13", "out_of_range"),
        ("FREQ=DAILY;BYMONTH=0", "out_of_range"),
        ("FREQ=DAILY;BYMONTH=-1", "out_of_range"),
        ("FREQ=DAILY;BYMONTH=12,", "out_of_range"),
        ("FREQ=DAILY;BYMONTHDAY=0", "out_of_range"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "out_of_range"),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", "out_of_range"),
        ("FREQ=MONTHLY;BYDAY=6MO", "out_of_range"),
        ("FREQ=MONTHLY;BYDAY=0MO", "out_of_range"),
        ("FREQ=MONTHLY;BYDAY=12MO", "out_of_range"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "not_together"),
        ("FREQ=WEEKLY;BYDAY=1TH", "not_together"),
        ("FREQ=YEARLY;BYDAY=1TH", "not_together"),
        ("FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2", "nothing"),
        ("FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2", "nothing"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "too_far"),
        ("FREQ=DAILY;UNTIL=19000101T000000", "too_far"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "not_a_rule"),  # it is another year in Paris
        ("FREQ=DAILY;UNTIL=99991231", "too_far"),
        ("FREQ=DAILY;BYSETPOS=1", "unknown_part"),
        ("FREQ=DAILY;BYEASTER=1", "unknown_part"),
        ("FREQ=DAILY;WKST=XX", "not_a_rule"),
        ("FREQ=DAILY;FREQ=DAILY", "not_a_rule"),
        ("FREQ=DAILY\nRRULE:FREQ=DAILY", "unknown_part"),
    ],
)
def test_what_is_not_kept(text, code):
    with few_calls(), pytest.raises(BadRule) as refusal:
        read_rule(text, START, PARIS)
    assert refusal.value.code == code


def test_the_first_of_all_days_is_refused_on_either_side_of_greenwich():
    for zone, until in product(
        (PARIS, NEW_YORK), ("00010101", "00010101T000000Z", "00010101T000000")
    ):
        with pytest.raises(BadRule):
            read_rule(f"FREQ=DAILY;UNTIL={until}", START, zone)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("freq=weekly;interval=01;wkst=su", "FREQ=WEEKLY"),
        ("INTERVAL=2;FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
        ("FREQ=MONTHLY;BYDAY=+1TH", "FREQ=MONTHLY;BYDAY=1TH"),
        ("FREQ=WEEKLY;BYDAY=TH,MO,TH", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=YEARLY;BYDAY=1TH;BYMONTH=12", "FREQ=YEARLY;BYMONTH=12;BYDAY=1TH"),
        ("FREQ=DAILY;INTERVAL=99", "FREQ=DAILY;INTERVAL=99"),
    ],
)
def test_a_rule_is_kept_in_one_way(text, kept):
    assert read_rule(text, START, PARIS) == Rule(kept)


FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
RESTS = (
    "", ";BYMONTH=2,12", ";BYMONTHDAY=3,29,-1", ";BYDAY=MO,TH", ";BYDAY=1TH,-1MO,5TU",
    ";BYMONTH=1,12;BYDAY=-2FR", ";BYMONTH=12;BYMONTHDAY=-31,3", ";BYMONTHDAY=1,2,3;BYDAY=TH",
)  # fmt: skip


@pytest.mark.parametrize("first", [date(2026, 12, 3), date(2027, 1, 31), date(2028, 2, 29)])
def test_its_days_are_those_of_a_second_reading(first):
    """As another library reads the same rule."""
    last = first + timedelta(days=4 * 366)
    for frequency, every, rest in product(FREQUENCIES, (1, 2, 5), RESTS):
        text = f"FREQ={frequency};INTERVAL={every}{rest};WKST=SU"
        try:
            pattern_of(parts_of(text))
        except BadRule:
            continue
        days = list(walk(Rule(text), first, until=last))
        again = rrulestr(f"{text};UNTIL={last:%Y%m%d}", dtstart=datetime(*first.timetuple()[:3]))  # noqa: DTZ001
        assert days == [time.date() for time in again], text
