"""Periods in words: when, and the hours of each of their weeks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from maia.appointments.dates import days_between, long_date
from maia.availability.weekly import WallRange
from maia.office.settings.coming_weeks import in_clocks
from maia.office.settings.hours_line import Ranges
from maia.office.settings.turn_form import week_name
from maia.schedules.models import Period
from maia.schedules.written import Count, WrittenHours


class Line(NamedTuple):
    """*Du 1er juillet au 31 août 2027*; a sentence for each of its weeks."""

    period: Period
    when: str
    hours: list[str]


def when_of(first: date, last: date | None) -> str:
    if last is None:
        return _("From %(day)s, for good") % {"day": long_date(first)}
    if last == first:
        return long_date(first)
    return days_between(first, last)


def lines_of(periods: Sequence[Period], written: WrittenHours) -> list[Line]:
    return [line_of(one, written.weeks(one.pk)) for one in periods]


def line_of(period: Period, weeks: Sequence[Mapping[int, Ranges]]) -> Line:
    count = Count(period.weeks, period.by_number, period.first_monday)
    sentences = []
    for n, week in enumerate(weeks):
        name = week_name(count, n)
        words = _("%(week)s: %(hours)s") % {"week": name, "hours": hours_in_words(week)}
        sentences.append(words if name else hours_in_words(week))
    return Line(period, when_of(period.first_date, period.last_date), sentences)


def beside_the_week(written: WrittenHours) -> list[str]:
    """What is said of hours that the page of one week does not show, a line each."""
    said = [_("Period “%(name)s”") % {"name": one.name} for one in written.periods]
    if written.count.weeks > 1:
        words = _("%(count)d weeks that take turns")
        said.insert(0, words % {"count": written.count.weeks})
    if written.days:
        words = ngettext(
            "%(count)d exceptional opening", "%(count)d exceptional openings", len(written.days)
        )
        said.append(words % {"count": len(written.days)})
    return said


def hours_in_words(week: Mapping[int, Ranges]) -> str:
    """*lundi, mardi 09:00 – 12:30, 14:00 – 18:00; samedi 09:00 – 12:00*: days of the same hours are said once."""
    days: dict[str, list[str]] = {}
    for weekday in sorted(week):
        if week[weekday]:
            hours = ", ".join(in_clocks(WallRange(*one)) for one in week[weekday])
            days.setdefault(hours, []).append(str(WEEKDAYS[weekday]))
    said = [f"{', '.join(names)} {hours}" for hours, names in days.items()]
    return _("; ").join(said) if said else pgettext("a week", "closed")
