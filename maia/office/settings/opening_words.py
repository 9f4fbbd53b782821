"""Exceptional openings in words: a line of the list, and what is to be known of a date."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maia.appointments.dates import long_date, weekday_date
from maia.availability.intervals import Interval, merge, subtract
from maia.availability.weekly import MINUTES_A_DAY, WallRange, WeeklyHours, lay_out
from maia.office.settings.coming_weeks import in_clocks
from maia.office.settings.hours_line import Ranges
from maia.office.settings.whose import Owner
from maia.practices.models import Practitioner
from maia.schedules.holidays import holiday_names
from maia.schedules.models import AppointmentType, SpecialDay
from maia.schedules.written import WrittenHours


class Line(NamedTuple):
    """*samedi 12 décembre 2026, 09:00 – 12:00*; *Garde · pour tous les types*; what else is to be known."""

    special: SpecialDay
    when: str
    what: str
    remarks: list[str]


def clocks(ranges: Ranges) -> str:
    return ", ".join(in_clocks(WallRange(*one)) for one in ranges)


def when_of(special: SpecialDay) -> str:
    return f"{long_date(special.date)}, {clocks(special.ranges)}"


def lines_of(owner: Owner, openings: Sequence[SpecialDay]) -> list[Line]:
    """``openings`` with their types. One query."""
    dates = Dates(owner.practitioner, [one.date for one in openings])
    lines = []
    for one in openings:
        given = {type: type.is_given_by(owner.practitioner) for type in one.types.all()}
        types = ", ".join(
            type.name if is_given else _gone(type) for type, is_given in given.items()
        )
        whom = "" if owner.type else types or _("for all types")
        what = " · ".join(filter(None, [one.title, whom]))
        remarks = dates.holiday(one.date) + dates.absences(one.date, one.ranges)
        if given and not any(given.values()):
            remarks.append(_("It opens nothing: these types are not offered any more."))
        lines.append(Line(one, when_of(one), what, remarks))
    return lines


def _gone(type: AppointmentType) -> str:
    return _("%(name)s (not offered any more)") % {"name": type.name}


class Dates:
    """What stands on dates that are to be opened: holidays on which she is closed, absences."""

    def __init__(self, practitioner: Practitioner, days: Sequence[date]) -> None:
        self.practitioner, self.zone = practitioner, practitioner.practice.zone
        self.names: dict[date, str] = {}
        self.away: list[tuple[Interval, str]] = []
        if not days:
            return
        first, last = min(days), max(days)
        if practitioner.closed_on_public_holidays:
            language = get_language() or ""
            self.names = holiday_names(practitioner.practice, first, last, language)
        margin = timedelta(days=2)
        rows = practitioner.absences.filter(
            end__date__gte=first - margin, start__date__lte=last + margin
        )
        self.away = [(Interval(one.start, one.end), one.title) for one in rows.order_by("start")]

    def holiday(self, day: date) -> list[str]:
        if day not in self.names:
            return []
        words = _("Opens %(day)s, %(name)s: a public holiday.")
        return [words % {"day": weekday_date(day), "name": self.names[day]}]

    def absences(self, day: date, ranges: Ranges) -> list[str]:
        """Of those hours; of the whole day where none can be read."""
        hours = WeeklyHours({day.weekday(): ranges or [(0, MINUTES_A_DAY)]})
        opened = [one for _day, laid in lay_out(hours, [day], self.zone) for one in laid]
        titles = [
            title or _("without a title")
            for hole, title in self.away
            if any(hole.overlaps(one) for one in opened)
        ]
        if not titles:
            return []
        left = subtract(opened, merge(hole for hole, _title in self.away))
        words = (
            _("On %(day)s an absence still closes a part of it: %(title)s.")
            if left
            else _("On %(day)s an absence still closes all of it: %(title)s.")
        )
        return [words % {"day": weekday_date(day), "title": ", ".join(dict.fromkeys(titles))}]


def remarks_on(owner: Owner, days: Sequence[date], ranges: Ranges, *, for_all: bool) -> list[str]:
    """What opening these dates would do, while it is typed: what it replaces, which holiday it opens, which
    absence closes it all the same."""
    dates = Dates(owner.practitioner, days)
    written = WrittenHours.of(owner.schedule())
    written.days = []
    hours = written.dated(holidays=frozenset(dates.names))
    said = []
    for day in days:
        usual = hours.on_date(day)
        if usual:
            words = (
                _("On %(day)s it replaces %(hours)s.")
                if for_all
                else _("On %(day)s it replaces, for these types, %(hours)s.")
            )
            said.append(words % {"day": weekday_date(day), "hours": clocks(list(usual))})
        elif day not in dates.names:
            said.append(_("Opens %(day)s, usually closed.") % {"day": weekday_date(day)})
        said += dates.holiday(day) + dates.absences(day, ranges)
    return said
