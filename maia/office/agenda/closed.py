"""Closed times as the agenda shows them: each with its reason's name, and the page where it is made."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maia.appointments.opening import ClosedTime, Why, closed_times
from maia.office.agenda.walls import wall
from maia.practices.models import Practitioner
from maia.practices.seats import Seat


def closed_rows(
    seat: Seat, practitioners: Sequence[Practitioner], start: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    """Behind the events: absences, holidays, replacements and busy time by name, hours hatched. Three
    queries."""
    zone = seat.practice.zone
    for shown in closed_times(practitioners, start, end, get_language() or ""):
        practitioner = shown.practitioner
        page = cache(partial(closed_page, seat, practitioner))
        for opening in shown.openings:
            yield {
                "resourceIds": [practitioner.pk],
                "start": wall(opening.start, zone),
                "end": wall(opening.end, zone),
                "display": "background",
                "classNames": ["opening"],
                "title": opening_name(opening.title),
                "url": opening_page(seat, practitioner, opening.id),
            }
        for closed in (part for whole in shown.closed for part in _parts(whole)):
            row = {
                "resourceIds": [practitioner.pk],
                "start": wall(closed.start, zone),
                "end": wall(closed.end, zone),
                "display": "background",
                "classNames": ["closed", *class_of(closed.why)],
            }
            if name := closed_name(seat, practitioner, closed):
                row |= {"title": name, "url": page(closed.why, closed.absence)}
            yield row
        for taken in shown.replaces:  # last: what is drawn later lies above
            yield {
                "resourceIds": [practitioner.pk],
                "start": wall(taken.start, zone),
                "end": wall(taken.end, zone),
                "display": "background",
                "classNames": ["opening", "replaces"],
                "title": replaces_name(taken.title),
                "url": replacements_page(seat),
            }
        for away in shown.elsewhere:
            yield {
                "resourceIds": [practitioner.pk],
                "start": wall(away.start, zone),
                "end": wall(away.end, zone),
                "display": "background",
                "classNames": ["opening", "elsewhere"],
                "title": away.title,
                "url": page(Why.HOURS, None),
            }


def opening_name(title: str) -> str:
    return f"{_('Opening')} · {title}" if title else _("Exceptional opening")


def replaces_name(name: str) -> str:
    return _("Replaces %(name)s") % {"name": name}


def replacements_page(seat: Seat) -> str:
    """For the owner; nothing for the others."""
    return reverse("office:replacements") if seat.may_change_practice else ""


def opening_page(seat: Seat, practitioner: Practitioner, opening: int | None) -> str:
    """Where it is changed; nothing where she may not."""
    if not seat.may_change_settings_of(practitioner):
        return ""
    return reverse("office:edit_opening", args=[opening])


def closed_name(seat: Seat, practitioner: Practitioner, closed: ClosedTime) -> str:
    """Empty for the hours of a day that has others. Another calendar's name is for who keeps it."""
    if closed.why == Why.HOURS:
        return _("Closed") if whole_days(closed.start, closed.end) else ""
    if closed.why == Why.CALENDAR:
        busy = _("Busy (other calendar)")
        hers = seat.may_change_settings_of(practitioner) and closed.title
        return f"{busy} · {closed.title}" if hers else busy
    if closed.why == Why.ABSENCE:
        return f"{_('Absence')} · {closed.title}" if closed.title else _("Absence")
    if closed.why == Why.REPLACEMENT:
        return _("Replaced by %(name)s") % {"name": closed.title}
    return _("%(name)s (public holiday)") % {"name": closed.title}


def closed_page(seat: Seat, practitioner: Practitioner, why: Why, absence: int | None) -> str:
    """Where it is changed; where she may not, the list of absences, or nothing."""
    if why == Why.REPLACEMENT:
        return replacements_page(seat)
    if not seat.may_change_settings_of(practitioner):
        is_listed = why == Why.ABSENCE and not seat.is_substitute
        return reverse("office:absences") if is_listed else ""
    if why == Why.ABSENCE:
        return reverse("office:edit_absence", args=[absence])
    page = {
        Why.HOURS: "office:schedule",
        Why.CALENDAR: "office:calendars",
        Why.HOLIDAY: "office:practitioner",
    }
    return reverse(page[why], args=[practitioner.pk])


def whole_days(begins: datetime, ends: datetime) -> list[date]:
    """The local dates that lie in it from their first minute to their last. Both in one zone."""
    day = begins.date()
    if begins.time() > time():
        day += timedelta(days=1)
    days = []
    while datetime.combine(day + timedelta(days=1), time(), begins.tzinfo) <= ends:
        days.append(day)
        day += timedelta(days=1)
    return days


def class_of(why: Why) -> list[str]:
    """A replacement is drawn as an absence is."""
    return [str(Why.ABSENCE if why == Why.REPLACEMENT else why)]


def _parts(closed: ClosedTime) -> Iterator[ClosedTime]:
    """Hours cut at the midnights of the whole days in them: those are named, evenings are not."""
    if closed.why != Why.HOURS:
        yield closed
        return
    begins = closed.start
    for day in whole_days(closed.start, closed.end):
        for midnight in (day, day + timedelta(days=1)):
            at = datetime.combine(midnight, time(), closed.start.tzinfo)
            if at > begins:
                yield closed._replace(start=begins, end=at)
                begins = at
    if begins < closed.end:
        yield closed._replace(start=begins)
