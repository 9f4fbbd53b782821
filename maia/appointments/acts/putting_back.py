"""Taking back what a drag did to a personal event: it stands again where it stood, whole.

A drag to a colleague's agenda takes it out of its series: taken back, it is one of it again.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from maia.appointments import series as written
from maia.appointments.acts.personal import differs_from_series, read_event_again
from maia.appointments.agenda import agenda_of
from maia.appointments.exceptions import ChangedMeanwhile, NotBookable, Overlaps
from maia.appointments.models import Event, Series
from maia.practices.models import Practitioner


class Stood(NamedTuple):
    """``practitioner``: her key; ``series`` and ``day``: of which series it was which date; ``over``:
    keys of what it overlapped on purpose."""

    practitioner: int
    start: datetime
    end: datetime
    series: UUID | None = None
    day: date | None = None
    over: tuple[int, ...] = ()

    @classmethod
    def of(cls, event: Event) -> "Stood":
        over: tuple[int, ...] = ()
        if not event.exclusive:
            span = (event.start, event.end)
            met = written.met_by(event.practitioner, [span], but=[event.pk])
            over = tuple(key for clash in met for key in clash.events)
        whose, series, day = event.practitioner_id, event.series_id, event.series_date
        return cls(whose, event.start, event.end, series, day, over)


def put_back(event: Event, stood: Stood, *, seen: int) -> Event:
    """As it ``stood`` before the drag that made version ``seen``.

    Raises `ChangedMeanwhile`, also where its series is no more what it was; `Overlaps` with what has
    come there meanwhile; `NotBookable` where whose it was has left.
    """
    team = Practitioner.objects.select_related("practice").filter(practice=event.practice_id)
    there = team.filter(pk=stood.practitioner).first()
    if there is None:
        raise ChangedMeanwhile
    with agenda_of(event.practitioner, there):
        current = read_event_again(event, seen)
        if there != current.practitioner and not there.is_active:
            raise NotBookable(NotBookable.Reason.NO_LONGER)
        # 1. Where it stood, and over nothing but what it overlapped then.
        clashes = written.met_by(there, [(stood.start, stood.end)], but=[current.pk])
        if any(key not in stood.over for clash in clashes for key in clash.events):
            raise Overlaps(clashes, 1)
        current.practitioner, current.exclusive = there, not clashes
        current.start, current.end = stood.start, stood.end
        # 2. Which of its series it was.
        if (stood.series, stood.day) != (current.series_id, current.series_date):
            _join_again(current, stood)
        current.is_apart = differs_from_series(current)
        current.version += 1
        current.save()
    return current


def _join_again(current: Event, stood: Stood) -> None:
    if current.series_id is not None or stood.series is None or stood.day is None:
        raise ChangedMeanwhile
    hers = Series.objects.select_related("practice").filter(practitioner=stood.practitioner)
    series = hers.filter(pk=stood.series).first()
    if series is None:
        raise ChangedMeanwhile
    written.take_in(series, current, stood.day)
