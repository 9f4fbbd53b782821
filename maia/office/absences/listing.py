"""What is to come of absences and personal events: one line for each repetition."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from maia.appointments.models import Event, Series
from maia.office.personal.words import series_in_words
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.models import Absence

MOST = 200  # lines of each
MOST_READ = 2000


class Repeated(NamedTuple):
    """An absence, or the first to come of a repetition: how many there are, and until when."""

    absence: Absence
    times: int
    last: datetime
    may_change: bool  # who looks


def absences_to_come(team: Sequence[Practitioner], now: datetime, seat: Seat) -> list[Repeated]:
    rows = (
        Absence.objects.by_hand()
        .filter(practitioner__in=team, end__gt=now)
        .select_related("practitioner")
        .order_by("start")[:MOST_READ]
    )
    by_series = sorted(rows, key=lambda one: str(one.series or one.pk))
    lines = []
    for _key, some in groupby(by_series, key=lambda one: str(one.series or one.pk)):
        several = list(some)
        may_change = seat.may_change_settings_of(several[0].practitioner)
        lines.append(Repeated(several[0], len(several), several[-1].start, may_change))
    return sorted(lines, key=lambda line: line.absence.start)[:MOST]


class Line(NamedTuple):
    """A series: its words, its next event, and how many of its dates were changed alone."""

    series: Series
    words: str
    event: int
    start: datetime
    apart: int


def series_to_come(team: Sequence[Practitioner], now: datetime) -> list[Line]:
    coming = Event.objects.filter(series=OuterRef("pk"), end__gt=now).order_by("end")
    rows = (
        Series.objects.filter(Exists(coming), practitioner__in=team)
        .select_related("practitioner")
        .annotate(
            event=Subquery(coming.values("pk")[:1]),
            start=Subquery(coming.values("start")[:1]),
            apart=Count("events", filter=Q(events__is_apart=True, events__end__gt=now)),
        )
        .order_by("start", "pk")[:MOST]
    )
    return [Line(row, series_in_words(row), row.event, row.start, row.apart) for row in rows]


def events_to_come(team: Sequence[Practitioner], now: datetime) -> list[Event]:
    """Those that stand once."""
    once = Event.objects.filter(kind=Event.Kind.PERSONAL, practitioner__in=team, series=None)
    return list(once.filter(end__gt=now).select_related("practitioner").order_by("start")[:MOST])
