"""Personal events: time that the practice takes for itself, once or again and again.

One blocks like an appointment and is guarded like one. Of one that comes back, an act is about this
event, about it and those that follow, or about all (`Which`). What is past stays as it was: only its
words are changed with those of all.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from django.db.models import F

from maia.appointments import series as written
from maia.appointments.acts.rewriting import write_anew
from maia.appointments.agenda import agenda_of, refuse_if_gone, refuse_unless_near
from maia.appointments.exceptions import (
    ChangedMeanwhile,
    NotBookable,
    Overlaps,
    TakesDatesAway,
)
from maia.appointments.models import Event, Series
from maia.practices.models import Practitioner
from maia.schedules.repeating import LONGEST, BadRule, Rule, walk


class Which(StrEnum):
    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True)
class Text:
    """``colour``: `#rrggbb`, or none. All are clean."""

    title: str = ""
    note: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Rhythm:
    """How it comes back from now on; None: once."""

    rule: Rule | None


@dataclass(frozen=True)
class Change:
    """What None stands for stays as it is. ``start`` and ``end`` are instants."""

    title: str | None = None
    note: str | None = None
    colour: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    rhythm: Rhythm | None = None
    practitioner: Practitioner | None = None  # of the same practice: in whose agenda it stands

    @property
    def moves(self) -> bool:
        return self.start is not None or self.end is not None

    @property
    def texts(self) -> dict[str, str]:
        said = {name: getattr(self, name) for name in written.TEXTS}
        return {name: text for name, text in said.items() if text is not None}


def block_time(
    practitioner: Practitioner,
    start: datetime,
    end: datetime,
    text: Text,
    *,
    rule: Rule | None = None,
    now: datetime,
    allow_overlap: bool,
) -> list[Event]:
    """One event in ``[start, end)``, or each of the times of ``rule`` from then on: all or none.

    Raises `ImpossibleDate`, `NotBookable` of who has left; `Overlaps` where one meets something, unless ``allow_overlap`` was asked
    for; `BadRule` (see `series.begin`).
    """
    refuse_unless_near(now, start, end)
    with agenda_of(practitioner):
        refuse_if_gone(practitioner)
        if rule is None:
            event = Event(practice=practitioner.practice, practitioner=practitioner)
            event.kind = Event.Kind.PERSONAL
            event.title, event.note, event.colour = text.title, text.note, text.colour
            _place(event, start, end, allow_overlap)
            event.save()
            return [event]
        series = _series_of(practitioner, start, end, text, rule)
        return written.begin(series, now=now, allow_overlap=allow_overlap)


def change_event(
    event: Event,
    change: Change,
    which: Which = Which.THIS,
    *,
    now: datetime,
    allow_overlap: bool,
    allow_fewer: bool = False,
    seen: int | None = None,
) -> Event:
    """Changes this one, it and the following, or all; the event that stands in its place then.

    An event that is changed alone leaves its series' rhythm as it is. A series that is moved takes
    along what follows: what was changed alone stays, as long as its date is one of the series. Each
    event that goes on being one of it keeps its row. One that is given to a colleague alone leaves
    its series.

    Raises as `block_time`, `TakesDatesAway` where dates would be no more, unless ``allow_fewer`` was
    asked for, `NotBookable` for a colleague who has left, `BadRule` (of_several) for another rhythm of one of a series alone, and
    `ChangedMeanwhile` where its version is not ``seen`` any more.
    """
    refuse_unless_near(now, *(at for at in (change.start, change.end) if at is not None))
    there = change.practitioner or event.practitioner
    with agenda_of(event.practitioner, there):
        if there.practice_id != event.practice_id or not (
            there.is_active or there == event.practitioner
        ):
            raise NotBookable(NotBookable.Reason.NO_LONGER)
        current = read_event_again(event, seen)
        if there == current.practitioner:
            change = replace(change, practitioner=None)
        if current.series is None and change.rhythm is not None and change.rhythm.rule is not None:
            return _repeat(current, change, change.rhythm.rule, now, allow_overlap)
        if current.series is not None and which == Which.THIS and change.rhythm is not None:
            raise BadRule("of_several")
        if current.series is None or which == Which.THIS:
            return _change_one(current, change, allow_overlap)
        if not change.moves and change.rhythm is None and change.practitioner is None:
            return _say(current, change, which)
        return _change_many(current, current.series, change, which, now, allow_overlap, allow_fewer)


def drop_event(
    event: Event, which: Which = Which.THIS, *, now: datetime, seen: int | None = None
) -> int:
    """Drops this one, it and the following, or all, past ones too; how many went.

    Raises `ChangedMeanwhile`.
    """
    with agenda_of(event.practitioner):
        current = read_event_again(event, seen)
        series, day = current.series, current.series_date
        if series is None or day is None:
            return current.delete()[0]
        if which == Which.THIS:
            gone = current.delete()[0]
            if Event.objects.filter(series=series).exists():
                written.leave_out(series, day)
            else:
                series.delete()
            return gone
        return written.cut_at(series, day if which == Which.FOLLOWING else date.min)


def how_many(event: Event) -> dict[Which, int]:
    """How many events an act would be about."""
    if event.series_id is None:
        return {Which.THIS: 1}
    rows = Event.objects.filter(series=event.series_id)
    after = rows.filter(series_date__gte=event.series_date) if event.series_date else rows
    return {Which.THIS: 1, Which.FOLLOWING: after.count(), Which.ALL: rows.count()}


def read_event_again(event: Event, seen: int | None) -> Event:
    """As it is now, in the same agenda, with its series. Raises `ChangedMeanwhile`."""
    rows = Event.objects.select_related("series__practice", "practitioner__practice")
    hers = rows.filter(practitioner=event.practitioner_id, kind=Event.Kind.PERSONAL)
    current = hers.filter(pk=event.pk).first()
    if current is None or (seen is not None and seen != current.version):
        raise ChangedMeanwhile
    if current.series is not None:
        current.series.practitioner = current.practitioner
    return current


def _place(event: Event, start: datetime, end: datetime, allow_overlap: bool) -> None:
    """Where it stands from now on; not saved."""
    but = [event.pk] if event.pk else []
    clashes = written.met_by(event.practitioner, [(start, end)], but=but)
    if clashes and not allow_overlap:
        raise Overlaps(clashes, 1)
    event.start, event.end, event.exclusive = start, end, not clashes


def _series_of(
    practitioner: Practitioner, start: datetime, end: datetime, text: Text, rule: Rule
) -> Series:
    """Not saved. It keeps the wall clock of its practice."""
    zone = practitioner.practice.zone
    begins, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (start, end))
    return Series(
        practice=practitioner.practice,
        practitioner=practitioner,
        title=text.title,
        note=text.note,
        colour=text.colour,
        first_date=begins.date(),
        begins=begins.time(),
        lasts=ends - begins,
        rule=rule.text,
        last_date=rule.last,
    )


def _change_one(current: Event, change: Change, allow_overlap: bool) -> Event:
    for name, text in change.texts.items():
        setattr(current, name, text)
    if change.practitioner is not None:
        current.practitioner = change.practitioner
        if current.series is not None and current.series_date is not None:
            written.leave_out(current.series, current.series_date)
        current.series = current.series_date = None
    if change.moves or change.practitioner is not None:
        start, end = change.start or current.start, change.end or current.end
        _place(current, start, end, allow_overlap)
    current.is_apart = differs_from_series(current)
    current.version += 1
    current.save()
    return current


def differs_from_series(event: Event) -> bool:
    """Whether it is something else than its series says for its date."""
    series, zone = event.series, event.practitioner.practice.zone
    if series is None:
        return False
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (event.start, event.end))
    said = (
        start.date(),
        start.time(),
        end - start,
        *(getattr(event, name) for name in written.TEXTS),
    )
    usual = (
        event.series_date, series.begins, series.lasts, *(getattr(series, name) for name in written.TEXTS)
    )  # fmt: skip
    return said != usual


def _repeat(
    current: Event, change: Change, rule: Rule, now: datetime, allow_overlap: bool
) -> Event:
    """What stood once comes back from now on."""
    text = Text(**{name: getattr(current, name) for name in written.TEXTS} | change.texts)
    start, end = change.start or current.start, change.end or current.end
    current.practitioner = change.practitioner or current.practitioner
    series = _series_of(current.practitioner, start, end, text, rule)
    return written.begin(series, now=now, allow_overlap=allow_overlap, first=current)[0]


def _say(current: Event, change: Change, which: Which) -> Event:
    """Other words for many. What one of them says differently on its own, it goes on saying."""
    assert current.series is not None
    series = current.series
    if which == Which.FOLLOWING and current.series_date is not None:
        series = written.part_at(series, current.series_date)
    _reword(series, current, change)
    return Event.objects.get(pk=current.pk)


def _reword(series: Series, current: Event, change: Change) -> None:
    rows = Event.objects.filter(series=series)
    for name, text in change.texts.items():
        rows.filter(**{name: getattr(series, name)}).update(**{name: text})
        setattr(series, name, text)
    series.save()
    rows.update(version=F("version") + 1)
    if change.texts:
        Event.objects.filter(pk=current.pk).update(**change.texts)


def _change_many(
    current: Event,
    series: Series,
    change: Change,
    which: Which,
    now: datetime,
    overlap: bool,
    fewer: bool,
) -> Event:
    zone = series.practice.zone
    # 1. What changes is a series of its own, from the first date that does.
    day = current.series_date or series.first_date
    if which == Which.ALL:
        to_come = Event.objects.filter(series=series, start__gt=now).order_by("series_date")
        day = to_come.values_list("series_date", flat=True).first() or day
    series = written.part_at(series, day)
    series.practitioner, series.practice = current.practitioner, current.practitioner.practice
    if change.practitioner is not None:
        written.give(series, change.practitioner, now)
    _reword(series, current, change)
    rule = change.rhythm.rule if change.rhythm else series.repeats
    if rule is None:
        return _once(current, series, change, overlap, fewer)
    # 2. Its hours, and its days as far as this one is moved.
    first = day
    if change.moves:
        start, end = (
            at.astimezone(zone).replace(tzinfo=None)
            for at in (change.start or current.start, change.end or current.end)
        )
        series.begins, series.lasts = start.time(), end - start
        first += start.date() - current.start.astimezone(zone).date()
    if abs(first - day) > written.BEHIND:
        raise BadRule("too_far")
    series.rule, series.last_date = rule
    until = written.today_of(series, now) + LONGEST + written.SPARE
    begins = next(walk(rule, first, until=until), None)
    if begins is None:
        raise BadRule("nothing")
    series.first_date = begins
    # 3. Its events follow: those that stay keep their rows.
    return write_anew(
        series, current, first - day, now=now, allow_overlap=overlap, allow_fewer=fewer,
        given=change.practitioner is not None,
    )  # fmt: skip


def _once(current: Event, series: Series, change: Change, overlap: bool, fewer: bool) -> Event:
    """It comes back no more: this one stays, alone."""
    others = Event.objects.filter(series=series).exclude(pk=current.pk)
    if not fewer and (goes := list(others.order_by("start"))):
        raise TakesDatesAway(goes)
    others.delete()
    Event.objects.filter(pk=current.pk).update(series=None, series_date=None)
    series.delete()
    alone = Event.objects.select_related("practitioner__practice").get(pk=current.pk)
    return _change_one(alone, change, overlap)
