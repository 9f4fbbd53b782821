"""Time that comes back, as RFC 5545 says it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from maia.schedules.repeating import BadRule, Repeat, rule_of, spans

PARIS = ZoneInfo("Europe/Paris")
START, END = datetime(2026, 12, 3, 9), datetime(2026, 12, 3, 10)  # noqa: DTZ001  a Thursday


def days(rule):
    return [
        f"{start.astimezone(PARIS):%d/%m %H:%M}" for start, _end in spans(START, END, rule, PARIS)
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", ["03/12 09:00"]),
        (rule_of(Repeat.WEEKLY, date(2026, 12, 17)), ["03/12 09:00", "10/12 09:00", "17/12 09:00"]),
        ("FREQ=WEEKLY;UNTIL=20261217T080000Z", ["03/12 09:00", "10/12 09:00", "17/12 09:00"]),
        ("FREQ=WEEKLY;UNTIL=20261217T075959Z", ["03/12 09:00", "10/12 09:00"]),
        ("FREQ=WEEKLY;UNTIL=20261217T000000Z", ["03/12 09:00", "10/12 09:00"]),
        ("FREQ=WEEKLY;UNTIL=20261217T085959", ["03/12 09:00", "10/12 09:00"]),
        ("FREQ=DAILY;COUNT=3", ["03/12 09:00", "04/12 09:00", "05/12 09:00"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", ["03/12 09:00", "07/12 09:00", "10/12 09:00"]),
        ("FREQ=MONTHLY;BYDAY=1TH;COUNT=2", ["03/12 09:00", "07/01 09:00"]),
        ("freq=monthly;bymonthday=3;count=2;", ["03/12 09:00", "03/01 09:00"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=2", ["03/12 09:00", "17/12 09:00"]),
    ],
)
def test_what_follows_from_a_rule(rule, expected):
    assert days(rule) == expected


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY", "no_end"),
        ("FREQ=WEEKLY;UNTIL=20330101", "too_far"),
        ("FREQ=YEARLY;COUNT=5", "too_far"),
        ("FREQ=WEEKLY;COUNT=999999999", "too_far"),
        ("FREQ=DAILY;BYDAY=TH;COUNT=2;UNTIL=20270101", "not_a_rule"),
        ("FREQ=SECONDLY;COUNT=3", "unknown_part"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=2", "unknown_part"),
        ("FREQ=WEEKLY;BYDAY=;COUNT=2", "not_a_rule"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "out_of_range"),
        ("FREQ=WEEKLY;UNTIL=20269999", "not_a_rule"),
        ("FREQ=WEEKLY;UNTIL=never", "not_a_rule"),
        ("FREQ=WEEKLY;INTERVAL=0;COUNT=2", "out_of_range"),
        ("FREQ=WEEKLY;COUNT=0", "nothing"),
        ("every thursday", "not_a_rule"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "not_from_start"),
        ("FREQ=WEEKLY;UNTIL=20251201", "nothing"),
    ],
)
def test_what_is_refused(rule, code):
    with pytest.raises(BadRule) as refusal:
        days(rule)
    assert refusal.value.code == code


@pytest.mark.rule("3.12.1")
def test_a_clock_change_keeps_the_wall_clock():
    start = datetime(2027, 3, 27, 9)  # noqa: DTZ001
    opened = [s for s, _ in spans(start, start.replace(hour=10), "FREQ=DAILY;COUNT=2", PARIS)]
    assert [f"{s:%H:%M}" for s in opened] == ["08:00", "07:00"]


def test_a_month_without_that_day_is_skipped():
    start = datetime(2027, 1, 31, 9)  # noqa: DTZ001
    rule = rule_of(Repeat.MONTHLY, date(2027, 4, 30))
    assert [s.month for s, _ in spans(start, start.replace(hour=10), rule, PARIS)] == [1, 3]
