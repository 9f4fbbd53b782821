"""The heart and the naive model agree on thousands of generated agendas, clock changes included."""

import os
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maia.availability.dated import Because, DatedHours, Period, SpecialDay, Turn
from maia.availability.intervals import Interval, merge
from maia.availability.limits import full_dates
from maia.availability.policy import Policy
from maia.availability.replacing import Handed, ReplacedHours, TakenOver
from maia.availability.sites import Sites, reached_from
from maia.availability.slots import Busy, Shape, day_slots, filling, within
from maia.availability.weekly import WeeklyHours, begins_on
from tests.availability.naive import MAIN, SITES, UNSAID, naive_slots, site_of_line

# `make bench` asks for 20,000.
AGENDAS = int(os.environ.get("MAIA_TESTS_AGENDAS", "2000"))
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Paris",
        "Indian/Reunion",
        "America/Guadeloupe",
        "Pacific/Noumea",
        "America/Montreal",
    )
]


def _clock_changes(zone: ZoneInfo) -> list[date]:
    """Every date of 2026 to 2030 whose offset at its start and at its end differ."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365 * 5 + 1)]
    offsets = [datetime.combine(d, time(0), zone).utcoffset() for d in [*days, date(2031, 1, 1)]]
    return [d for d, here, there in zip(days, offsets, offsets[1:], strict=False) if here != there]


CHANGES = {zone.key: _clock_changes(zone) for zone in ZONES}


@st.composite
def lines(draw):
    """A weekly schedule: up to three ranges a day, most of them short of the whole day."""
    week = {}
    for weekday in draw(st.sets(st.integers(0, 6), min_size=5, max_size=7)):
        edges = draw(
            st.lists(
                st.integers(0, 96).map(lambda q: q * 15) | st.integers(0, 1440),
                min_size=2,
                max_size=6,
                unique=True,
            )
        )
        edges = sorted(edges)[: len(edges) // 2 * 2]
        week[weekday] = list(zip(edges[::2], edges[1::2], strict=True))
    return week


@st.composite
def turns(draw, first):
    """Weeks, and what counts them: nothing, the number of the week, or a Monday near ``first``."""
    counted = draw(st.sampled_from([None, None, "number", "monday"]))
    if counted is None:
        return [draw(lines())], None
    weeks = [draw(lines()) for _week in range(2)]
    if counted == "number":
        return weeks, counted
    weeks += [draw(lines()) for _week in range(draw(st.integers(0, 2)))]
    monday = first - timedelta(days=first.weekday())
    return weeks, monday + timedelta(weeks=draw(st.integers(-60, 60)))


@st.composite
def dated_hours(draw, first):
    """What holds around ``first``, as `naive_ranges` takes it."""
    near = st.integers(-1, 3).map(lambda n: first + timedelta(days=n))
    weeks, counted = draw(turns(first))
    periods = []
    if draw(st.booleans()):
        begins, ends = sorted([draw(near), draw(near)])
        periods.append((begins, draw(st.sampled_from([ends, ends, None])), *draw(turns(first))))
        if draw(st.booleans()):
            before = begins - timedelta(days=1)
            periods.append((before - timedelta(days=3), before, *draw(turns(first))))
    ranges = lines().map(lambda week: next(iter(week.values())))
    special = draw(st.dictionaries(near, ranges | st.just([]), max_size=draw(st.integers(0, 2))))
    holidays = draw(st.sets(near, max_size=draw(st.integers(0, 1))))
    return {
        "weeks": weeks, "counted": counted, "periods": periods, "special": special,
        "holidays": holidays,
    }  # fmt: skip


@st.composite
def replaced_hours(draw, first):
    """The same, of somebody who may have handed days over, and taken days over from others."""
    hours = draw(dated_hours(first))
    near = st.integers(-1, 3).map(lambda n: first + timedelta(days=n))
    handed, taken, hers = [], [], True
    if draw(st.sampled_from([False, False, False, False, True])):
        if draw(st.sampled_from([False, False, False, True])):
            handed.append(tuple(sorted([draw(near), draw(near)])))
        for _other in range(draw(st.integers(1, 2))):
            theirs = draw(st.none() | dated_hours(first))
            taken.append((*sorted([draw(near), draw(near)]), theirs))
        hers = draw(st.sampled_from([True, True, False]))
    return hours | {"handed": handed, "taken": taken, "hers": hers}


@st.composite
def ways(draw):
    """Minutes between some of the sites, either way."""
    pairs = [(MAIN, 2), (MAIN, 3), (2, 3)]
    minutes = draw(st.dictionaries(st.sampled_from(pairs), st.integers(1, 90), max_size=3))
    return minutes | {(other, one): lasts for (one, other), lasts in minutes.items()}


@st.composite
def rooms(draw, spans, instants):
    """When each is taken; often one after the other, so that there is always one that is free, and seldom for
    long."""
    kind = draw(st.sampled_from(["none", "any", "in turn", "in turn"]))
    if kind == "none":
        return []
    taken = draw(st.lists(st.lists(spans, max_size=4), min_size=1, max_size=3))
    if kind == "in turn":
        taken, at = [[], []], draw(instants)
        for turn in range(draw(st.integers(20, 60))):
            until = at + timedelta(minutes=draw(st.sampled_from([15, 20, 45, 90])))
            taken[turn % 2].append((at, until))
            at = until
    return taken


@st.composite
def agendas(draw):
    zone = draw(st.sampled_from(ZONES))
    changes = CHANGES[zone.key]
    if changes and draw(st.booleans()):
        first = draw(st.sampled_from(changes)) - timedelta(days=draw(st.integers(0, 2)))
    else:
        first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 365 * 5)))
    if draw(st.sampled_from([False, False, False, True])):
        first = date(2026, 12, 27) + timedelta(days=draw(st.integers(0, 9)))  # weeks 52, 53 and 1
    last = first + timedelta(days=draw(st.integers(0, 2)))
    origin = datetime.combine(first, time(0), zone).astimezone(UTC)
    span = ((last - first).days + 1) * 1440
    instants = st.integers(-300, span + 300).map(lambda m: origin + timedelta(minutes=m))
    lengths = st.integers(1, 180) | st.sampled_from([30, 60, 300, 4000])
    minutes = st.sampled_from([0, 0, 0, 5, 10, 17, 45])

    def spans():
        return st.tuples(instants, lengths).map(lambda t: (t[0], t[0] + timedelta(minutes=t[1])))

    # Also before she begins, and on the quarters where notice ends as a slot starts: both are rare
    # among all instants.
    mornings = st.integers(0, 44).map(lambda q: origin + timedelta(minutes=15 * q))
    now = draw(st.none() | instants.map(lambda instant: instant - timedelta(days=1)) | mornings)
    cutoffs = [None, None, 0, 18 * 60, 20 * 60 + 30]
    if now is not None:
        now += timedelta(seconds=draw(st.sampled_from([0, 13])))
        local = now.astimezone(zone)
        cutoffs += [local.hour * 60 + local.minute] * 2  # just now
    return {
        "hours": draw(replaced_hours(first)),
        "first": first,
        "last": last,
        "zone": zone,
        "duration": draw(st.sampled_from([5, 15, 20, 30, 45, 50, 60, 90]) | st.integers(5, 240)),
        "step": draw(st.sampled_from([0, 0, 5, 10, 15, 30, 60])),
        "before": draw(minutes),
        "after": draw(minutes),
        "busy": [
            (*s, draw(minutes), draw(minutes), draw(st.sampled_from([None, UNSAID, *SITES])))
            for s in draw(st.lists(spans(), max_size=6))
        ],
        "closed": draw(st.lists(spans(), max_size=2)),
        "now": now,
        "notice": draw(st.sampled_from([0, 7, 120, 600])),
        "horizon": draw(st.integers(1, 4)),
        "cutoff": draw(st.sampled_from(cutoffs)),
        "notice_days": draw(st.sampled_from([0, 0, 0, 1, 2])),
        "counted": draw(
            st.lists(
                st.integers(-14400, 14400).map(lambda m: origin + timedelta(minutes=m)), max_size=5
            )
        ),
        "fills": draw(st.booleans()),
        "only": draw(st.sampled_from([None, None, None, {MAIN}, {2, 3}])),
        "ways": draw(ways()),
        "rooms": draw(rooms(spans(), instants)),
        "a_day": draw(st.sampled_from([None, None, 1, 2])),
        "a_week": draw(st.sampled_from([None, None, 2, 3])),
    }


@pytest.mark.rule("3.3.1")
@pytest.mark.long
def test_the_heart_offers_what_the_naive_model_offers():
    seen = Counter()

    @given(agendas())
    @settings(
        max_examples=AGENDAS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def agree(agenda):
        offered = heart(**agenda)
        assert offered == naive_slots(**agenda)
        days = {agenda["first"] + timedelta(days=n) for n in range(3)}
        seen["agendas"] += 1
        seen["with slots"] += bool(offered)
        seen["fewer for want of a room"] += offered != heart(**{**agenda, "rooms": []})
        seen["on a clock change"] += not days.isdisjoint(CHANGES[agenda["zone"].key])
        seen[agenda["zone"].key] += 1
        held = in_the_heart(agenda["hours"])
        seen.update({held.on(day).because for day in days})

    agree()
    print(dict(seen))
    assert seen["agendas"] >= AGENDAS * 0.8
    assert seen["with slots"] >= AGENDAS * 0.35, "agendas must offer something to compare"
    assert seen["fewer for want of a room"] >= AGENDAS * 0.05
    assert seen["on a clock change"] >= AGENDAS * 0.1
    assert all(seen[zone.key] >= AGENDAS * 0.04 for zone in ZONES)
    assert all(seen[because] >= AGENDAS * 0.05 for because in Because)


def in_the_heart(hours):
    return ReplacedHours(
        dated(hours),
        hours["hers"],
        [Handed(*span) for span in hours["handed"]],
        [
            TakenOver(begins, ends, None if theirs is None else dated(theirs))
            for begins, ends, theirs in hours["taken"]
        ],
    )


def dated(hours):
    def site(ranges):
        return None if site_of_line(ranges) == MAIN else site_of_line(ranges)

    def weekly(week):
        sites = {weekday: site(ranges) for weekday, ranges in week.items()}
        return WeeklyHours(week, {day: key for day, key in sites.items() if key is not None})

    def turn(weeks, counted):
        monday = counted if isinstance(counted, date) else None
        by_number = counted == "number"
        return Turn([weekly(week) for week in weeks], by_number=by_number, first_monday=monday)

    return DatedHours(
        turn(hours["weeks"], hours["counted"]),
        [
            Period(f"Période {n}", begins, ends, turn(weeks, counted))
            for n, (begins, ends, weeks, counted) in enumerate(hours["periods"])
        ],
        {
            day: SpecialDay.open(ranges, site=site(ranges))
            for day, ranges in hours["special"].items()
        },
        frozenset(hours["holidays"]),
    )


def heart(
    hours, first, last, zone, duration, step, before, after, busy, closed, now, notice, horizon,
    cutoff, notice_days, counted, a_day, a_week, fills, only, ways, rooms,
):  # fmt: skip
    minutes = lambda n: timedelta(minutes=n)  # noqa: E731
    policy = Policy(
        notice=minutes(notice),
        horizon_days=horizon,
        evening_cutoff=None if cutoff is None else time(cutoff // 60, cutoff % 60),
        notice_days=notice_days,
    )
    held = in_the_heart(hours)
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    full = full_dates(
        [start.astimezone(zone).date() for start in counted],
        dates,
        most_a_day=a_day,
        most_a_week=a_week,
    )
    sites = Sites(MAIN, None if only is None else frozenset(only))
    travel = {pair: minutes(lasts) for pair, lasts in ways.items() if pair == tuple(sorted(pair))}
    days = []
    for site, there in sites.dates_by_site(held, dates).items():
        taken = [(Busy(start, end, minutes(b), minutes(a)), at) for start, end, b, a, at in busy]
        days += day_slots(
            hours=held,
            dates=there,
            zone=zone,
            shape=Shape(
                minutes(duration), minutes(step) if step else None, minutes(before), minutes(after)
            ),
            busy=[reached_from(one, sites.key_of(at), site, travel) for one, at in taken],
            closed=[Interval(*c) for c in closed],
            full_dates=full,
            rooms=[merge(Interval(*span) for span in taken_there) for taken_there in rooms],
        )
    days.sort(key=lambda day: day[0])
    if now is not None:
        begins = begins_on(held, now.astimezone(zone).date(), zone)
        days = within(policy.window(now, zone, begins=begins), days)
        if fills:
            days = filling(days)
    return [(slot.start, slot.end) for _, slots in days for slot in slots]
