"""A month at a glance: how many appointments each day has, and what closes it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from maia.appointments.models import Event
from maia.appointments.opening import Why, closed_times
from maia.office.agenda.closed import class_of, closed_name, opening_name, whole_days
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.holidays import holiday_names

FULL = (4, 7, 10)  # from so many appointments on, a day is a shade darker
Row = dict[str, Any]


def month_rows(
    seat: Seat,
    practitioners: Sequence[Practitioner],
    start: datetime,
    end: datetime,
    events: Any,
) -> list[Row]:
    """Whole days: their load, holidays, absences and replacements by name, and those that are
    closed for all of them. ``events``: those that count. Four queries."""
    practice = seat.practice
    counted = (
        events.exclude(kind=Event.Kind.PERSONAL)
        .annotate(day=TruncDate("start", tzinfo=practice.zone))
        .values("day")
        .annotate(count=Count("pk"))
        .order_by("day")
    )
    rows = [_load(row["day"], row["count"]) for row in counted]
    first, last = start.date(), (end - timedelta(seconds=1)).date()
    holidays = holiday_names(practice, first, last, get_language() or "")
    for day, name in holidays.items():
        rows.append(_whole_days(day, day, name, ["holiday"]))
    active = [p for p in practitioners if p.is_active]
    shut: set[tuple[date, int]] = set()
    for shown in closed_times(active, start, end, get_language() or ""):
        practitioner = shown.practitioner
        for opening in shown.openings:
            day = opening.start.date()
            rows.append(_whole_days(day, day, opening_name(opening.title), ["opening"]))
        for closed in shown.closed:
            begins, ends = closed.start, closed.end
            days = whole_days(begins, ends)
            shut |= {(day, practitioner.pk) for day in days}
            is_named = closed.why in (Why.ABSENCE, Why.REPLACEMENT)
            if is_named or (closed.why == Why.CALENDAR and days):
                whose = f" ({practitioner.name})" if len(active) > 1 else ""
                name = closed_name(seat, practitioner, closed) + whose
                last_day = (ends - timedelta(seconds=1)).date()
                rows.append(_whole_days(begins.date(), last_day, name, class_of(closed.why)))
    for day in sorted({day for day, _of in shut}):
        if all((day, practitioner.pk) in shut for practitioner in active):
            behind = {"display": "background"}
            name = "" if day in holidays else _("Closed")
            rows.append(_whole_days(day, day, name, ["closed", "hours"]) | behind)
    return rows


def _load(day: date, count: int) -> Row:
    words = ngettext("%(count)d appointment", "%(count)d appointments", count) % {"count": count}
    shade = sum(count >= least for least in FULL)
    return _whole_days(day, day, words, ["load", f"load-{shade}"]) | {"count": count}


def _whole_days(first: date, last: date, title: str, classes: list[str]) -> Row:
    return {
        "allDay": True,
        "start": first.isoformat(),
        "end": (last + timedelta(days=1)).isoformat(),
        "title": title,
        "classNames": classes,
    }
