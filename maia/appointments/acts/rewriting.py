"""A series whose rule or hours have changed: which of its events stand for which of its new times.

An event keeps its row wherever it stays one of the series: whoever has it open finds it where it has
moved to. Everything here is inside the lock of the agenda, and takes as many statements for two
years as for a week.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from maia.appointments import series as written
from maia.appointments.exceptions import Overlaps, TakesDatesAway
from maia.appointments.models import Event, Series
from maia.appointments.series import Dated
from maia.schedules.repeating import LONGEST, BadRule, frequency_of

AT_ONCE = 100  # events in one statement
NEAR = {"MONTHLY": timedelta(days=15), "YEARLY": timedelta(days=183)}  # still the same one
NEAR_IN_A_WEEK = timedelta(days=6)


@dataclass
class Plan:
    """``moved``: each event with its new time; ``made``: times without one; ``goes``: those whose
    date is none of the series any more; ``past_reach``: those that are not written out yet."""

    moved: list[tuple[Event, Dated]] = field(default_factory=list)
    made: list[Dated] = field(default_factory=list)
    goes: list[Event] = field(default_factory=list)
    past_reach: list[Event] = field(default_factory=list)


def write_anew(
    series: Series,
    current: Event,
    by_days: timedelta,
    *,
    now: datetime,
    allow_overlap: bool,
    allow_fewer: bool,
    given: bool = False,
) -> Event:
    """Its events follow its rule and hours, which are changed already, and it is saved; the one that
    stands for ``current``. ``by_days``: how far its days were moved; ``given``: they stand in another agenda
    than before.

    What was changed alone, or dropped, stays so on the dates that are still the series'. Raises
    `BadRule`; `Overlaps`, and `TakesDatesAway` for those that go, unless that is allowed.
    """
    # 1. Its new times.
    until = written.today_of(series, now) + LONGEST + written.SPARE
    times = written.dated(series, series.first_date, until)
    if not times:
        raise BadRule("nothing")
    dates = {time.day for time in times}
    dropped = {date.fromisoformat(text) for text in series.without} & dates - {series.first_date}
    series.without = sorted(day.isoformat() for day in dropped)
    # 2. Which events they are.
    rows = list(Event.objects.filter(series=series).order_by("series_date", "pk"))
    standing = [r for r in rows if r.is_apart and r.series_date in dates and r.pk != current.pk]
    taken = dropped | {row.series_date for row in standing}
    kept = {row.pk for row in standing}
    plan = _plan(
        series,
        [row for row in rows if row.pk not in kept],
        [time for time in times if time.day not in taken],
        current,
        by_days,
        until,
    )
    if given:  # what was changed alone is asked about in her agenda as well
        plan.moved += [(row, Dated(_date_of(row), row.start, row.end)) for row in standing]
    # 3. What they meet, and what goes.
    hers = [row.pk for row in rows if given or row.pk not in kept]
    wanted = [time for row, time in plan.moved if given or _moves(row, time)] + plan.made
    spans = [(time.start, time.end) for time in wanted]
    clashes = written.met_by(series.practitioner, spans, but=hers)
    if clashes and not allow_overlap:
        raise Overlaps(clashes, len(wanted))
    if plan.goes and not allow_fewer:
        raise TakesDatesAway(plan.goes)
    # 4. All of it.
    series.written_until = until
    series.save()
    gone = [row.pk for row in [*plan.goes, *plan.past_reach]]
    if gone:
        Event.objects.filter(pk__in=gone).delete()
    _move(series, plan.moved, {clash.start for clash in clashes}, kept, given=given)
    made = written.write(series, plan.made, clashes)
    first = plan.moved[0][0] if plan.moved else made[0] if made else standing[0]
    moved = {row.pk for row, _ in plan.moved}
    return Event.objects.get(pk=current.pk if current.pk in moved else first.pk)


def _plan(
    series: Series,
    rows: Sequence[Event],
    times: Sequence[Dated],
    current: Event,
    by_days: timedelta,
    until: date,
) -> Plan:
    """``rows`` and ``times`` are in order."""
    plan, free = Plan(), {time.day: time for time in times}
    left = []
    # First the one that she looks at, which stays whatever happens to the others.
    for row in sorted(rows, key=lambda row: row.pk != current.pk):
        wanted = _date_of(row) + by_days
        if row.pk == current.pk and free and wanted not in free:
            wanted = min(free, key=lambda day: abs(day - wanted))
        if wanted in free:
            plan.moved.append((row, free.pop(wanted)))
        else:
            left.append(row)
    # Then each of the others is the one that is nearest to it.
    days = list(free)
    near = NEAR.get(frequency_of(series.repeats), NEAR_IN_A_WEEK)
    for row in left:
        wanted = _date_of(row) + by_days
        at = bisect(days, wanted)
        around = [day for day in days[max(at - 1, 0) : at + 1] if abs(day - wanted) <= near]
        if around:
            day = min(around, key=lambda day: abs(day - wanted))
            days.remove(day)
            plan.moved.append((row, free.pop(day)))
        elif wanted > until:
            plan.past_reach.append(row)
        else:
            plan.goes.append(row)
    plan.made = list(free.values())
    return plan


def _date_of(row: Event) -> date:
    assert row.series_date is not None
    return row.series_date


def _moves(row: Event, time: Dated) -> bool:
    return (row.start, row.end) != (time.start, time.end)


def _move(
    series: Series,
    moved: Iterable[tuple[Event, Dated]],
    met: set[datetime],
    apart: set[int],
    *,
    given: bool,
) -> None:
    """Of two that change places neither is there first: none is guarded until all have moved.
    ``met``: the starts of those that overlap something; ``apart``: keys of what stays changed alone."""
    changed = []
    for row, time in moved:
        moves = given or _moves(row, time)
        if not moves and row.series_date == time.day and not row.is_apart:
            continue
        if moves:
            row.exclusive = time.start not in met
        row.start, row.end, row.series_date = time.start, time.end, time.day
        row.is_apart = row.pk in apart or any(
            getattr(row, name) != getattr(series, name) for name in written.TEXTS
        )
        changed.append(row)
    if not changed:
        return
    Event.objects.filter(pk__in=[row.pk for row in changed]).update(exclusive=False)
    columns = ["start", "end", "series_date", "is_apart", "exclusive"]
    Event.objects.bulk_update(changed, columns, batch_size=AT_ONCE)
