"""What holds on a date: an exceptional opening, a holiday, a period, the week of the turn, the usual week."""

from datetime import date, timedelta

import pytest

from maia.availability.dated import (
    Because,
    DatedHours,
    InvalidPeriod,
    InvalidTurn,
    Period,
    SpecialDay,
    Turn,
)
from maia.availability.weekly import InvalidHours, WeeklyHours

MORNING, AFTERNOON = ((540, 720),), ((840, 1080),)
MORNINGS = WeeklyHours(dict.fromkeys(range(5), MORNING))
AFTERNOONS = WeeklyHours(dict.fromkeys(range(5), AFTERNOON))
CLOSED = WeeklyHours({})
MONDAY = date(2026, 12, 7)


def summer(**how):
    return Period("Été", date(2027, 7, 1), date(2027, 8, 31), Turn([AFTERNOONS]), **how)


@pytest.mark.rule("3.1.11")
def test_a_turn_is_counted_from_its_monday_both_ways():
    turn = Turn([MORNINGS, AFTERNOONS, CLOSED], first_monday=MONDAY)
    weeks = [turn.on_date(MONDAY + timedelta(weeks=n)) for n in (-2, -1, 0, 1, 2, 3)]
    assert weeks == [AFTERNOON, (), MORNING, AFTERNOON, (), MORNING]
    assert turn.on_date(MONDAY - timedelta(days=1)) == ()  # a Sunday
    assert turn.on_date(MONDAY + timedelta(days=4)) == MORNING


@pytest.mark.rule("3.1.11")
def test_by_the_number_of_the_week_two_odd_ones_follow_in_a_year_of_53():
    turn = Turn([MORNINGS, AFTERNOONS], by_number=True)
    week_52, week_53, week_1 = date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4)
    assert [day.isocalendar().week for day in (week_52, week_53, week_1)] == [52, 53, 1]
    assert [turn.on_date(day) for day in (week_52, week_53, week_1)] == [
        AFTERNOON,
        MORNING,
        MORNING,
    ]
    # The first days of January may be of the last week of the year before.
    assert turn.on_date(date(2027, 1, 1)) == MORNING


@pytest.mark.parametrize(
    ("weeks", "how", "code"),
    [
        (0, {}, "no_week"),
        (5, {"first_monday": MONDAY}, "too_many_weeks"),
        (2, {}, "no_first_monday"),
        (2, {"first_monday": MONDAY + timedelta(days=1)}, "not_a_monday"),
        (3, {"by_number": True}, "two_weeks"),
        (1, {"by_number": True}, "two_weeks"),
    ],
)
def test_weeks_that_cannot_take_turns(weeks, how, code):
    with pytest.raises(InvalidTurn) as refusal:
        Turn([MORNINGS] * weeks, **how)
    assert refusal.value.code == code


@pytest.mark.rule("3.1.12")
def test_a_period_replaces_the_usual_weeks_from_its_first_day_to_its_last():
    hours = DatedHours(Turn([MORNINGS]), [summer()])
    held = [hours.on(date(2027, *day)) for day in ((6, 30), (7, 1), (8, 31), (9, 1))]
    assert [one.because for one in held] == [
        Because.USUAL,
        Because.PERIOD,
        Because.PERIOD,
        Because.USUAL,
    ]
    assert (held[1].ranges, held[1].title) == (AFTERNOON, "Été")


def test_a_period_for_good_has_no_end():
    for_good = Period("À mi-temps", date(2027, 1, 4), None, Turn([CLOSED]))
    hours = DatedHours(Turn([MORNINGS]), [for_good])
    assert hours.on_date(date(2027, 1, 1)) == MORNING
    assert hours.on_date(date(2199, 1, 4)) == ()


@pytest.mark.rule("3.1.12")
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 8, 31), date(2027, 9, 30)),
        (date(2027, 6, 1), date(2027, 7, 1)),
        (date(2027, 7, 10), date(2027, 7, 11)),
        (date(2027, 6, 1), None),
    ],
)
def test_two_periods_of_one_schedule_do_not_overlap(first, last):
    other = Period("Travaux", first, last, Turn([CLOSED]))
    with pytest.raises(InvalidPeriod) as refusal:
        DatedHours(Turn([MORNINGS]), [summer(), other])
    assert refusal.value.code == "overlapping"
    assert refusal.value.other == ("Été" if first > date(2027, 7, 1) else "Travaux")


def test_periods_may_touch():
    autumn = Period("Automne", date(2027, 9, 1), None, Turn([CLOSED]))
    hours = DatedHours(Turn([MORNINGS]), [autumn, summer()])
    assert hours.on(date(2027, 9, 1)).title == "Automne"
    with pytest.raises(InvalidPeriod, match="reversed"):
        Period("Été", date(2027, 9, 1), date(2027, 8, 31), Turn([CLOSED]))


@pytest.mark.rule("3.1.13")
def test_an_exceptional_opening_says_its_day_whole_and_opens_a_holiday():
    holiday, other = date(2027, 7, 14), date(2027, 7, 15)
    opened = {holiday: SpecialDay.open([(600, 720)], "Garde"), other: SpecialDay.open([])}
    hours = DatedHours(
        Turn([MORNINGS]), [summer()], opened, frozenset({holiday, date(2027, 8, 15)})
    )
    assert hours.on(holiday) == (((600, 720),), Because.SPECIAL, "Garde", None)
    assert hours.on(other) == ((), Because.SPECIAL, "", None)
    assert hours.on(date(2027, 8, 15)) == ((), Because.HOLIDAY, "", None)
    with pytest.raises(InvalidHours, match="overlapping"):
        SpecialDay.open([(540, 720), (700, 800)])


def test_the_same_week_all_year():
    hours = DatedHours(Turn([MORNINGS]), holidays=frozenset({MONDAY}))
    assert hours.on(MONDAY) == ((), Because.HOLIDAY, "", None)
    assert hours.on(MONDAY + timedelta(days=1)) == (MORNING, Because.USUAL, "", None)
    assert DatedHours(Turn([MORNINGS, CLOSED], first_monday=MONDAY)).on(MONDAY).because == "turn"


def test_what_holds_on_a_date_says_at_which_site():
    thursdays = WeeklyHours({3: [(540, 720)], 4: [(540, 720)]}, {3: 7, 5: 8})
    summer = Period("Été", date(2027, 7, 1), date(2027, 7, 31), Turn([WeeklyHours({3: [(0, 60)]})]))
    opened = {date(2027, 1, 9): SpecialDay.open([(600, 720)], "Samedi", 9)}
    hours = DatedHours(Turn([thursdays]), [summer], opened, frozenset({date(2027, 5, 6)}))
    assert hours.site_on(date(2027, 1, 7)) == 7
    assert hours.site_on(date(2027, 1, 8)) is None
    assert hours.site_on(date(2027, 1, 9)) == 9
    assert hours.site_on(date(2027, 7, 1)) is None  # the period says nothing of a site
    assert hours.site_on(date(2027, 5, 6)) is None  # a Thursday, and a holiday
    assert thursdays.site_on(5) is None  # closed: nowhere
    assert thursdays != WeeklyHours({3: [(540, 720)], 4: [(540, 720)]})
