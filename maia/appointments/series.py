"""A personal event that comes back: its times, written out as events.

An endless one is written out as far as anybody may book, and prolonged by the housekeeping
(docs/decisions/2026-11-27-a-series-is-written-out.md). Everything here is inside the lock of the
agenda (`agenda_of`), but for `prolong_all`, which takes it.
"""

from collections import deque
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import F

from maia.appointments.agenda import agenda_of
from maia.appointments.exceptions import ChangedMeanwhile, Clash, Overlaps
from maia.appointments.models import Event, Series
from maia.practices.models import Practitioner
from maia.schedules.repeating import LONGEST, BadRule, instants, walk

SPARE = timedelta(days=31)  # written at once beyond `LONGEST`: each is prolonged once a month
BEHIND = timedelta(days=366)  # how long ago one may begin
MOST_DATES = 1200  # written at once: every day from `BEHIND` to the last
MOST_SERIES = 100  # of a practitioner that have not ended
TEXTS = ("title", "note", "colour")  # of the series and of each of its events


class Dated(NamedTuple):
    """``[start, end)`` in UTC, and the date of its series that it stands for."""

    day: date
    start: datetime
    end: datetime


def today_of(series: Series, now: datetime) -> date:
    return now.astimezone(series.practice.zone).date()


def begin(
    series: Series, *, now: datetime, allow_overlap: bool, first: Event | None = None
) -> list[Event]:
    """Saves it, and its events, of which ``first`` stands already. Raises `Overlaps`; `BadRule`: too_far, too_many, too_many_series,
    nothing, meets_itself."""
    today = today_of(series, now)
    if not today - BEHIND <= series.first_date <= today + LONGEST:
        raise BadRule("too_far")
    refuse_too_many(series.practitioner, today)
    until = today_of(series, now) + LONGEST + SPARE
    times = dated(series, series.first_date, until)
    if not times:
        raise BadRule("nothing")
    but = [first.pk] if first else []
    clashes = met_by(series.practitioner, [(time.start, time.end) for time in times], but=but)
    if clashes and not allow_overlap:
        raise Overlaps(clashes, len(times))
    series.written_until = until
    series.save()
    if first is None:
        return write(series, times, clashes)
    _join(series, first, times[0], clashes)
    return [first, *write(series, times[1:], clashes)]


def _join(series: Series, event: Event, time: Dated, clashes: Sequence[Clash]) -> None:
    """What stood once is the first of them."""
    event.series, event.series_date, event.is_apart = series, time.day, False
    event.practitioner, event.start, event.end = series.practitioner, time.start, time.end
    event.exclusive = all(clash.start != time.start for clash in clashes)
    for name in TEXTS:
        setattr(event, name, getattr(series, name))
    event.version += 1
    event.save()


def write(series: Series, times: Sequence[Dated], clashes: Sequence[Clash]) -> list[Event]:
    """New events for ``times``; those that meet something overlap it on purpose."""
    met = {clash.start for clash in clashes}
    return Event.objects.bulk_create(
        Event(
            practice_id=series.practice_id,
            practitioner=series.practitioner,
            kind=Event.Kind.PERSONAL,
            start=time.start,
            end=time.end,
            title=series.title,
            note=series.note,
            colour=series.colour,
            series=series,
            series_date=time.day,
            exclusive=time.start not in met,
        )
        for time in times
    )


def dated(series: Series, since: date, until: date) -> list[Dated]:
    """Its times from ``since`` to ``until``, in order, dropped ones too; none that the clocks skip."""
    dates = walk(series.repeats, series.first_date, since=since, until=until)
    few = list(islice(dates, MOST_DATES + 1))
    if len(few) > MOST_DATES:
        raise BadRule("too_many")
    zone, times = series.practice.zone, []
    for day in few:
        span = instants(day, series.begins, series.lasts, zone)
        if span is not None:
            times.append(Dated(day, *span))
    if any(one.end > two.start for one, two in pairwise(times)):
        raise BadRule("meets_itself")
    return times


def met_by(
    practitioner: Practitioner,
    spans: Sequence[tuple[datetime, datetime]],
    *,
    but: Collection[int] = (),
) -> list[Clash]:
    """Which of ``spans`` meet something in her agenda, other than the events ``but``. One query."""
    if not spans:
        return []
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    rows = Event.objects.filter(practitioner=practitioner, blocking=True).touching(first, last)
    times = rows.exclude(pk__in=but).values_list("start", "end", "pk")
    coming, begun, clashes = deque(sorted(times)), list[tuple[datetime, datetime, int]](), []
    for start, end in sorted(spans):
        while coming and coming[0][0] < end:
            begun.append(coming.popleft())
        begun = [row for row in begun if row[1] > start]
        met = [pk for begins, _, pk in begun if begins < end]
        if met:
            clashes.append(Clash(start, end, met))
    return clashes


def part_at(series: Series, day: date) -> Series:
    """From ``day`` on, one of its dates, it is another series, which is given back; the one before
    ends the day before. ``day`` the first: it stays whole."""
    if day <= series.first_date:
        return series
    ahead = Series.objects.get(pk=series.pk)
    ahead.pk, ahead.first_date = uuid4(), day
    ahead.without = [text for text in series.without if text >= day.isoformat()]
    ahead.save(force_insert=True)
    rows = Event.objects.filter(series=series, series_date__gte=day)
    rows.update(series=ahead, version=F("version") + 1)
    _end(series, day)
    return ahead


def give(series: Series, practitioner: Practitioner, now: datetime) -> None:
    """To a colleague, with its events, which nothing guards until `rewriting.write_anew` has asked
    what they meet in her agenda. Raises `BadRule` (too_many_series)."""
    refuse_too_many(practitioner, today_of(series, now))
    series.practitioner = practitioner
    Event.objects.filter(series=series).update(practitioner=practitioner, exclusive=False)


def refuse_too_many(practitioner: Practitioner, today: date) -> None:
    alive = Series.objects.filter(practitioner=practitioner).exclude(last_date__lt=today)
    if alive.count() >= MOST_SERIES:
        raise BadRule("too_many_series")


def cut_at(series: Series, day: date) -> int:
    """Drops its events from ``day`` on, for good; how many."""
    gone = Event.objects.filter(series=series, series_date__gte=day).delete()[0]
    _end(series, day)
    return gone


def _end(series: Series, day: date) -> None:
    """It ends before ``day``; without any event it is no more."""
    if not Event.objects.filter(series=series).exists():
        series.delete()
        return
    series.last_date = day - timedelta(days=1)
    series.without = [text for text in series.without if text < day.isoformat()]
    series.save()


def leave_out(series: Series, day: date) -> None:
    """One of its dates has been dropped."""
    series.without = sorted({*series.without, day.isoformat()})
    series.save(update_fields=["without"])


def take_in(series: Series, event: Event, day: date) -> None:
    """Of a date that was left out, ``event`` is the one again; not saved. Raises `ChangedMeanwhile`
    where that date is the series' no more, or never was left out."""
    if day.isoformat() not in series.without:
        raise ChangedMeanwhile
    series.without = [text for text in series.without if text != day.isoformat()]
    series.save(update_fields=["without"])
    event.series, event.series_date = series, day


def prolong_all(now: datetime) -> int:
    """Of those that go on, the dates that have come within reach; how many events were made. What
    stands there already is overlapped, since nobody can be asked."""
    reach = now.date() + LONGEST
    short = Series.objects.filter(written_until__lt=reach, practitioner__is_active=True)
    made = 0
    for key in list(short.exclude(last_date__lte=F("written_until")).values_list("pk", flat=True)):
        made += _prolong(key, now)
    return made


def _prolong(key: UUID, now: datetime) -> int:
    of_team = Series.objects.select_related("practitioner", "practice")
    known = of_team.filter(pk=key).first()
    if known is None:
        return 0
    with agenda_of(known.practitioner):
        series = of_team.filter(pk=key).first()  # as it is now
        if series is None:
            return 0
        since = series.written_until + timedelta(days=1)
        # After years without a worker, as much as is written at once.
        until = min(today_of(series, now) + LONGEST + SPARE, since + LONGEST)
        gone = set(series.without)
        times = [t for t in dated(series, since, until) if t.day.isoformat() not in gone]
        clashes = met_by(series.practitioner, [(time.start, time.end) for time in times])
        Series.objects.filter(pk=series.pk).update(written_until=max(until, series.written_until))
        return len(write(series, times, clashes))
