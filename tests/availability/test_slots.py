"""Named examples of rules 3.1 to 3.3."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from maia.availability.intervals import Interval
from maia.availability.policy import Policy
from maia.availability.slots import Busy, Shape, day_slots, filling, may_have_been_free, within
from maia.availability.weekly import WeeklyHours, begins_on

PARIS = ZoneInfo("Europe/Paris")
NOUMEA = ZoneInfo("Pacific/Noumea")
THURSDAY = date(2026, 12, 3)


def minutes(n):
    return timedelta(minutes=n)


def clock(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def every_day(*ranges):
    line = [tuple(clock(t) for t in r.split("-")) for r in ranges]
    return WeeklyHours(dict.fromkeys(range(7), line))


def paris(day, text, fold=0):
    return datetime.combine(day, time.fromisoformat(text), PARIS).replace(fold=fold).astimezone(UTC)


def busy(day, start, end, **buffers):
    return Busy(paris(day, start), paris(day, end), **buffers)


def starts(
    *, hours, duration, day=THURSDAY, step=None, zone=PARIS, before=0, after=0, window=None, **rest
):
    """The starts offered on one day, as local wall-clock times."""
    days = day_slots(
        hours=hours,
        dates=[day],
        zone=zone,
        shape=Shape(minutes(duration), step and minutes(step), minutes(before), minutes(after)),
        **rest,
    )
    days = days if window is None else within(window, days)
    return [slot.start.astimezone(zone).strftime("%H:%M") for _, slots in days for slot in slots]


def test_slots_follow_each_other_by_the_duration():
    assert starts(hours=every_day("09:00-11:00"), duration=30) == [
        "09:00",
        "09:30",
        "10:00",
        "10:30",
    ]


def test_a_slot_may_end_exactly_at_closing_and_not_a_minute_later():
    assert starts(hours=every_day("09:00-10:30"), duration=45) == ["09:00", "09:45"]
    assert starts(hours=every_day("09:00-10:29"), duration=45) == ["09:00"]


def test_a_50_minute_type_packs_around_one_event_in_a_3_hour_range():
    hours = every_day("09:00-12:00")
    taken = [busy(THURSDAY, "10:00", "10:30")]
    assert starts(hours=hours, duration=50, busy=taken) == ["09:00", "10:30"]
    # 09:50-10:00 is lost, but after the event slots start at its end, not on a quarter-hour.
    assert starts(hours=hours, duration=45, busy=taken) == ["09:00", "10:30", "11:15"]


def test_an_event_longer_than_the_day_leaves_nothing():
    taken = [Busy(paris(date(2026, 12, 2), "08:00"), paris(date(2026, 12, 4), "07:00"))]
    assert starts(hours=every_day("09:00-12:00"), duration=30, busy=taken) == []


def test_back_to_back_is_allowed():
    taken = [busy(THURSDAY, "09:00", "09:30"), busy(THURSDAY, "10:00", "10:30")]
    assert starts(hours=every_day("09:00-11:00"), duration=30, busy=taken) == ["09:30", "10:30"]


def test_a_break_is_kept_and_a_slot_never_crosses_it():
    hours = every_day("09:00-10:00", "10:30-11:30")
    assert starts(hours=hours, duration=40) == ["09:00", "10:30"]


def test_ranges_that_touch_are_one():
    assert starts(hours=every_day("09:00-10:00", "10:00-11:00"), duration=40) == [
        "09:00",
        "09:40",
        "10:20",
    ]


def test_a_step_shorter_than_the_duration_offers_overlapping_starts():
    assert starts(hours=every_day("09:00-10:15"), duration=45, step=15) == [
        "09:00",
        "09:15",
        "09:30",
    ]


def test_buffers_keep_neighbours_apart_by_the_larger_of_the_two():
    hours = every_day("09:00-12:00")
    taken = [busy(THURSDAY, "10:00", "10:30", buffer_before=minutes(5), buffer_after=minutes(20))]
    assert starts(hours=hours, duration=55, busy=taken) == ["09:00", "10:50"]
    assert starts(hours=hours, duration=55, busy=taken, after=10) == ["10:50"]
    assert starts(hours=hours, duration=55, busy=taken, before=30) == ["09:00", "11:00"]


def test_buffers_may_run_past_closing():
    assert starts(hours=every_day("09:00-10:00"), duration=60, before=15, after=15) == ["09:00"]


def test_an_absence_and_a_full_date_close():
    hours = every_day("09:00-11:00")
    away = [Interval(paris(THURSDAY, "09:30"), paris(THURSDAY, "10:30"))]
    assert starts(hours=hours, duration=30, closed=away) == ["09:00", "10:30"]
    assert starts(hours=hours, duration=30, full_dates={THURSDAY}) == []


def test_a_schedule_across_the_spring_gap_loses_the_hour_that_does_not_exist():
    # 29 March 2026: 02:00 becomes 03:00.
    day = date(2026, 3, 29)
    assert starts(hours=every_day("01:00-04:00"), duration=60, day=day) == ["01:00", "03:00"]
    assert starts(hours=every_day("02:00-03:00"), duration=15, day=day) == []
    # A slot across the gap lasts its real duration: 01:30 to 03:30 on the wall is one hour.
    assert starts(hours=every_day("01:30-04:00"), duration=60, day=day) == ["01:30"]
    assert starts(hours=every_day("01:30-04:00"), duration=90, day=day) == ["01:30"]


@pytest.mark.rule("3.1.2")
def test_a_schedule_across_the_autumn_overlap_offers_the_hour_twice():
    # 25 October 2026: 03:00 becomes 02:00.
    day = date(2026, 10, 25)
    assert starts(hours=every_day("02:00-03:00"), duration=30, day=day) == [
        "02:00",
        "02:30",
        "02:00",
        "02:30",
    ]
    days = dict(
        day_slots(
            hours=every_day("02:00-02:30"),
            dates=[day],
            zone=PARIS,
            shape=Shape(minutes(30), minutes(30)),
        )
    )
    first, second = days[day]
    assert first.start == paris(day, "02:00", fold=0)
    assert second.start == paris(day, "02:00", fold=1)
    assert second.start - first.start == timedelta(hours=1)


def test_wall_clock_hours_keep_their_meaning_on_both_sides_of_a_change():
    hours = every_day("09:00-10:00")
    for day in (date(2026, 3, 28), date(2026, 3, 30), date(2026, 10, 24), date(2026, 10, 26)):
        assert starts(hours=hours, duration=60, day=day) == ["09:00"]
    assert starts(hours=hours, duration=60, zone=NOUMEA) == ["09:00"]


def test_hours_until_midnight_do_not_join_the_next_day():
    hours = every_day("00:00-00:30", "23:30-24:00")
    assert starts(hours=hours, duration=30) == ["00:00", "23:30"]
    assert starts(hours=hours, duration=60) == []


def window(now, notice=0, horizon=1, cutoff=None):
    return Policy(minutes(notice), horizon, cutoff).window(now, PARIS)


@pytest.mark.rule("3.1.3")
def test_the_last_day_of_the_horizon_is_whole():
    hours = every_day("00:00-24:00")
    now = paris(date(2026, 12, 1), "23:59")
    last, after = THURSDAY, THURSDAY + timedelta(days=1)
    assert len(starts(hours=hours, duration=60, window=window(now, horizon=2))) == 24
    assert starts(hours=hours, duration=60, day=after, window=window(now, horizon=2)) == []
    assert starts(hours=hours, duration=60, day=last, window=window(now, horizon=1)) == []


def test_the_horizon_counts_local_days():
    # 23:30 UTC on the 1st is already the 2nd in Paris.
    now = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert starts(hours=every_day("09:00-10:00"), duration=60, window=window(now)) == ["09:00"]


@pytest.mark.rule("3.1.4")
def test_notice_that_falls_inside_a_slot_drops_it_and_moves_no_other():
    now = paris(THURSDAY, "07:10")
    hours = every_day("09:00-11:00")
    assert starts(hours=hours, duration=30, window=window(now, notice=120)) == [
        "09:30",
        "10:00",
        "10:30",
    ]
    exactly = window(paris(THURSDAY, "07:30"), notice=120)
    assert starts(hours=hours, duration=30, window=exactly)[0] == "09:30"


@pytest.mark.parametrize(("at", "tomorrow_opens"), [("19:59", True), ("20:00", False)])
def test_after_the_evening_cutoff_tomorrow_is_closed(at, tomorrow_opens):
    now = paris(THURSDAY - timedelta(days=1), at)
    evening = window(now, horizon=9, cutoff=time(20))
    hours = every_day("09:00-10:00")
    assert bool(starts(hours=hours, duration=60, window=evening)) is tomorrow_opens
    day_after = THURSDAY + timedelta(days=1)
    assert starts(hours=hours, duration=60, day=day_after, window=evening) == ["09:00"]


@pytest.mark.rule("3.1.5")
@pytest.mark.parametrize(
    ("at", "opens"), [("00:01", False), ("08:59", False), ("09:00", True), ("19:59", True)]
)
def test_what_the_evening_closed_stays_closed_until_the_day_begins(at, opens):
    now = paris(THURSDAY, at)
    policy = Policy(notice=minutes(0), horizon_days=9, evening_cutoff=time(19))
    hours = every_day("09:00-21:00")
    window = policy.window(now, PARIS, begins=begins_on(hours, THURSDAY, PARIS))
    assert bool(starts(hours=hours, duration=60, window=window)) is opens


@pytest.mark.rule("3.3.2")
def test_by_itself_slots_taken_in_any_order_leave_no_hole():
    offered = starts(hours=every_day("09:00-12:00"), duration=20, after=5)
    assert offered == ["09:00", "09:25", "09:50", "10:15", "10:40", "11:05", "11:30"]
    for _seed in range(20):
        random.seed(_seed)
        taken = []
        while left := starts(hours=every_day("09:00-12:00"), duration=20, after=5, busy=taken):
            start = paris(THURSDAY, random.choice(left))
            taken.append(Busy(start, start + minutes(20), buffer_after=minutes(5)))
        assert len(taken) == len(offered)


@pytest.mark.parametrize(
    ("start", "busy_at", "is_so"),
    [
        ("10:30", ("10:40", "11:00"), True),  # taken in part
        ("09:45", ("09:00", "09:30"), True),  # on the grid of the empty day
        ("11:05", ("10:00", "10:20"), True),  # after what was there: 10:20, then 11:05
        ("09:07", ("10:00", "10:20"), False),  # never on a grid
        ("12:00", ("10:00", "10:20"), False),  # never open
        ("11:30", ("10:00", "10:20"), False),  # would end after closing
    ],
)
def test_what_may_just_have_gone(start, busy_at, is_so):
    assert is_so is may_have_been_free(
        paris(THURSDAY, start),
        hours=every_day("09:00-12:00"),
        day=THURSDAY,
        zone=PARIS,
        shape=Shape(minutes(45)),
        busy=[busy(THURSDAY, *busy_at)],
    )


@pytest.mark.rule("3.1.14")
@pytest.mark.parametrize(
    ("now", "days", "first"),
    [
        ("2026-12-01 23:59", 1, "2026-12-02"),
        ("2026-12-02 00:00", 1, "2026-12-03"),
        ("2026-12-01 12:00", 2, "2026-12-03"),
        ("2026-12-01 12:00", 0, "2026-12-01"),
        # Nights of 25 and of 23 hours: the dates of the wall, not 24 hours.
        ("2026-10-24 23:30", 1, "2026-10-25"),
        ("2026-10-25 00:30", 1, "2026-10-26"),
        ("2026-03-28 23:30", 1, "2026-03-29"),
        ("2026-03-29 23:30", 2, "2026-03-31"),
    ],
)
def test_a_notice_in_days_counts_the_dates_of_the_practice(now, days, first):
    day, text = now.split()
    opened = Policy(minutes(0), 9, notice_days=days).window(
        paris(date.fromisoformat(day), text), PARIS
    )
    first = date.fromisoformat(first)
    before = first - timedelta(days=1)
    hours = every_day("23:00-24:00")
    assert starts(hours=hours, duration=30, day=before, window=opened) == []
    assert starts(hours=hours, duration=30, day=first, window=opened)[-1] == "23:30"


@pytest.mark.rule("3.3.7")
@pytest.mark.parametrize(
    ("taken", "now", "wanted"),
    [
        ([], "07:00", ["09:00", "11:30", "14:00"]),  # the edges: the afternoon ends off the grid
        ([("10:00", "10:30")], "07:00", ["09:00", "09:30", "10:30", "11:30", "14:00"]),
        ([("10:10", "10:30")], "07:00", ["09:00", "10:30", "11:30", "14:00"]),
        ([("09:00", "12:00")], "14:00", ["14:00"]),
        ([("09:00", "12:00")], "14:10", ["14:30"]),  # none touches any more: all that is left
    ],
)
def test_her_days_are_filled_from_what_stands_and_from_the_edges(taken, now, wanted):
    hours = every_day("09:00-12:00", "14:00-15:10")
    days = day_slots(
        hours=hours,
        dates=[THURSDAY],
        zone=PARIS,
        shape=Shape(minutes(30)),
        busy=[busy(THURSDAY, *one) for one in taken],
    )
    offered = filling(within(window(paris(THURSDAY, now)), days))
    starts = [
        slot.start.astimezone(PARIS).strftime("%H:%M") for _day, day in offered for slot in day
    ]
    assert starts == wanted


@pytest.mark.rule("3.3.7")
def test_a_buffer_that_is_kept_between_two_keeps_them_beside_each_other():
    days = day_slots(
        hours=every_day("09:00-12:00"),
        dates=[THURSDAY],
        zone=PARIS,
        shape=Shape(minutes(30), minutes(30), minutes(0), minutes(15)),
        busy=[busy(THURSDAY, "10:15", "10:45")],
    )
    ((_day, slots),) = filling(days)
    assert [f"{slot.start.astimezone(PARIS):%H:%M}" for slot in slots] == [
        "09:00",
        "09:30",
        "10:45",
    ]


def test_yesterday_is_never_offered():
    now = paris(THURSDAY, "08:00")
    yesterday = THURSDAY - timedelta(days=1)
    hours = every_day("09:00-10:00")
    assert starts(hours=hours, duration=60, day=yesterday, window=window(now)) == []


def test_a_slot_of_no_length_is_refused():
    with pytest.raises(ValueError, match="longer than nothing"):
        Shape(timedelta(0), minutes(5))
