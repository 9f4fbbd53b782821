"""Weeks of amenorrhoea, days after a birth, and when a window is open (rule 3.9.1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maia.availability.pregnancy import (
    LAST_WEEK,
    Dates,
    Pregnancy,
    Unit,
    Week,
    Window,
    term_weeks_of,
)

# Last period on 4 May 2026; 41 weeks later:
DUE = date(2027, 2, 15)
DAY = timedelta(days=1)
FRENCH = Pregnancy(due=DUE, term_weeks=41)
DATES = some.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.rule("3.9.1")
@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 5, 3), None),
        (date(2026, 5, 4), Week(0, 0)),
        (date(2026, 10, 22), Week(24, 3)),  # across a clock change
        (date(2027, 2, 14), Week(40, 6)),
        (DUE, Week(41, 0)),
        (DUE + timedelta(weeks=5) - DAY, Week(45, 6)),
        (DUE + timedelta(weeks=5), None),
    ],
)
def test_the_week_of_a_date(day, week):
    assert FRENCH.week_on(day) == week


def test_where_a_term_is_forty_weeks_the_same_date_is_one_week_earlier():
    assert Pregnancy(due=DUE, term_weeks=term_weeks_of("GB")).week_on(DUE) == Week(40, 0)
    assert (term_weeks_of("FR"), term_weeks_of("XX")) == (41, 40)


@given(due=DATES, days=some.integers(-400, 100))
def test_weeks_follow_each_other_day_by_day(due, days):
    pregnancy = Pregnancy(due=due, term_weeks=41)
    day = due + days * DAY
    week, after = pregnancy.week_on(day), pregnancy.week_on(day + DAY)
    if week is not None and after is not None:
        assert after.weeks * 7 + after.days == week.weeks * 7 + week.days + 1
    elif week is None and after is not None:
        assert after == Week(0, 0)
    elif week is not None:
        assert week == Week(LAST_WEEK, 6)


@pytest.mark.rule("3.9.2")
def test_a_window_ends_with_the_last_day_of_its_last_week():
    dates = FRENCH.dates_of(Window(Unit.WEEKS, 11, 13))
    assert dates == Dates(date(2026, 7, 20), date(2026, 8, 9))
    assert FRENCH.week_on(dates.first) == Week(11, 0)
    assert FRENCH.week_on(dates.last) == Week(13, 6)


@given(due=DATES, weeks=some.tuples(some.integers(0, LAST_WEEK), some.integers(0, LAST_WEEK)))
def test_a_date_is_in_a_window_where_its_week_is(due, weeks):
    first, last = sorted(weeks)
    pregnancy = Pregnancy(due=due, term_weeks=41)
    dates = pregnancy.dates_of(Window(Unit.WEEKS, first, last))
    day = pregnancy.began - DAY
    for _ in range((LAST_WEEK + 2) * 7):
        week = pregnancy.week_on(day)
        inside = week is not None and first <= week.weeks <= last
        assert inside is (dates.first <= day <= dates.last)
        day += DAY


def test_after_the_birth_days_are_counted_from_it_and_weeks_are_over():
    born = DUE - 10 * DAY
    after = Pregnancy(due=DUE, born=born, term_weeks=41)
    assert after.week_on(born - DAY) == Week(39, 3)
    assert after.week_on(born) is None
    assert (after.age_on(born - DAY), after.age_on(born), after.age_on(born + 3 * DAY)) == (
        None, 0, 3,
    )  # fmt: skip
    window = Window(Unit.DAYS_AFTER_BIRTH, 42, 56)
    assert after.dates_of(window) == Dates(born + 42 * DAY, born + 56 * DAY)


def test_before_the_birth_the_term_stands_for_it():
    window = Window(Unit.DAYS_AFTER_BIRTH, 3, 12)
    assert FRENCH.dates_of(window) == Dates(DUE + 3 * DAY, DUE + 12 * DAY)
    assert FRENCH.age_on(DUE + DAY) is None


def test_a_child_born_long_before_the_term_is_an_elder():
    elder = Pregnancy(due=DUE, born=DUE - timedelta(days=700), term_weeks=41)
    assert not elder.is_over
    assert elder.week_on(DUE) == Week(41, 0)
    window = Window(Unit.DAYS_AFTER_BIRTH, 0, 1)
    assert elder.dates_of(window) == Dates(DUE, DUE + DAY)


def test_what_is_not_known_opens_nothing():
    for window in (Window(Unit.WEEKS, 11, 13), Window(Unit.DAYS_AFTER_BIRTH, 0, 12)):
        assert Pregnancy().dates_of(window) is None
    assert Pregnancy().week_on(DUE) is None
    only_born = Pregnancy(born=DUE)
    assert only_born.dates_of(Window(Unit.WEEKS, 11, 13)) is None
    assert only_born.dates_of(Window(Unit.DAYS_AFTER_BIRTH, 0, 12)) == Dates(DUE, DUE + 12 * DAY)
