"""A personal event in words: how it comes back, and what it meets."""

from datetime import datetime
from itertools import islice
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from maia.appointments.dates import hours, span, weekday_date
from maia.appointments.exceptions import BookingRefused, Overlaps
from maia.appointments.models import Event, Series
from maia.appointments.rhythms import in_words
from maia.office.personal.forms import PersonalForm
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda
from maia.schedules.repeating import LONGEST, BadRule, Rule, walk

MOST = 5  # named of what it meets
NEXT = 3  # dates said of a repetition


def summary(form: PersonalForm) -> list[str]:
    """When, and the first dates of what comes back. The form is valid, or not bound."""
    if not form.is_bound:
        event = form.event
        if event is None or event.series is None:
            return []
        start, end = timezone.localtime(event.start), timezone.localtime(event.end)
        return _series_in_words(event.series.repeats, event.series, start, end)
    start, end = (timezone.localtime(at) for at in (form.start, form.end))
    if form.rule is None:
        return [span(start, end)]
    return _series_in_words(form.rule, None, start, end)


def _series_in_words(
    rule: Rule, series: Series | None, start: datetime, end: datetime
) -> list[str]:
    first = series.first_date if series else start.date()
    at = "" if _is_whole(start, end) else f", {hours(start, end)}"
    lines = [in_words(rule, first) + at]
    since = max(start.date(), first)
    try:
        days = list(islice(walk(rule, first, since=since, until=since + LONGEST), NEXT))
    except BadRule:
        return lines
    names = ", ".join(weekday_date(day) for day in days)
    words = _("First dates: %(days)s.") if len(days) > 1 else _("Only: %(days)s.")
    return [*lines, words % {"days": names}] if days else lines


def series_in_words(series: Series) -> str:
    """*Every Tuesday, without an end date, 12:30 – 13:30*: its line in the list."""
    start = datetime.combine(series.first_date, series.begins)
    end = start + series.lasts
    at = "" if _is_whole(start, end) else f", {hours(start, end)}"
    return in_words(series.repeats, series.first_date) + at


def _is_whole(start: datetime, end: datetime) -> bool:
    return f"{start:%H%M}{end:%H%M}" == "00000000"


class Met(NamedTuple):
    """``lines``: one for each of the first things that are met, which names patients; ``more``: of how
    many more dates nothing is said; ``warning``: all that is met, named or not, in whose agenda."""

    lines: list[str]
    more: int
    warning: list[object]


def warning_of(seat: Seat, practitioner: Practitioner, refusal: BookingRefused) -> list[object]:
    """What is meant by who saves it anyway."""
    if not isinstance(refusal, Overlaps):
        return []
    return met_in_words(seat, practitioner, refusal, now=timezone.now()).warning


def met_in_words(
    seat: Seat, practitioner: Practitioner, refusal: Overlaps, *, now: datetime
) -> Met:
    """What ``refusal`` is about, in the agenda of ``practitioner``."""
    first = refusal.clashes[:MOST]
    keys = [key for clash in first for key in clash.events]
    names = {
        one.event_id: one.patient.name for one in read_agenda(seat, now=now).filter(event__in=keys)
    }
    events = {event.pk: event for event in Event.objects.filter(pk__in=keys)}
    lines: list[str] = []
    told = 0
    for clash in first:
        if len(lines) >= MOST:
            break
        told += 1
        for event in (events[key] for key in clash.events if key in events):
            start, end = timezone.localtime(event.start), timezone.localtime(event.end)
            who = names.get(event.pk) or event.title or _("Personal event")
            lines.append(f"{span(start, end)} – {who}")
    warning = [practitioner.pk, *lines, *refusal.clashes]
    return Met(lines[:MOST], len(refusal.clashes) - told, warning)
