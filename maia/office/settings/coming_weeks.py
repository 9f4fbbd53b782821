"""The twelve weeks to come as hours would make them: what is not as every week, in words."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from maia.appointments.dates import days_between, weekday_date
from maia.availability.dated import Because, DatedHours, Period, Turn
from maia.availability.weekly import MINUTES_A_DAY, WallRange, monday_of
from maia.practices.models import Practitioner
from maia.schedules.preview import ABSENCE, Preview, closing_holidays, preview
from maia.schedules.written import WrittenDay, WrittenHours

WEEKS = 12
A_WEEK = 7  # days
AS_EVERY_WEEK = (Because.USUAL, Because.TURN)


class ComingWeek(NamedTuple):
    """``dates``: *Du 30 novembre au 6 décembre 2026*; ``turn``: which week of the turn, in words; ``period``:
    the name of the one that all of it is in; ``lines``: a sentence for each of its days that is not as every
    week, or for all of them at once."""

    dates: str
    turn: str
    period: str
    lines: list[str]


def coming_weeks(
    practitioner: Practitioner, written: WrittenHours, today: date
) -> list[ComingWeek]:
    """From this week's Monday on; days that are over are not said. Two queries."""
    monday = monday_of(today)
    last = monday + timedelta(days=WEEKS * A_WEEK - 1)
    hours = written.dated(holidays=closing_holidays(practitioner, monday, last))
    days = list(preview(practitioner, hours, monday, last, language=get_language() or ""))
    weeks = []
    for start in range(0, len(days), A_WEEK):
        week = days[start : start + A_WEEK]
        monday, ahead = week[0].day, [one for one in week if one.day >= today]
        period = _period_of(hours, ahead)
        turn = period.turn if period else hours.usual
        dates = days_between(monday, week[-1].day)
        because = AS_EVERY_WEEK if period is None else (Because.PERIOD,)
        lines = _lines([one for one in ahead if one.because not in because])
        lines += [
            _for_some(one)
            for one in written.days
            if one.types is not None and max(today, monday) <= one.day <= week[-1].day
        ]
        weeks.append(ComingWeek(dates, _which(turn, monday), period.name if period else "", lines))
    return weeks


def _period_of(hours: DatedHours, days: Sequence[Preview]) -> Period | None:
    """The one that holds on all of them."""
    return next(
        (one for one in hours.periods if days and all(one.holds_on(day.day) for day in days)), None
    )


def _which(turn: Turn, monday: date) -> str:
    """Which week of a turn, as who works by it says it."""
    if turn.by_number:
        number = monday.isocalendar().week
        words = _("week %(number)d, odd") if number % 2 else _("week %(number)d, even")
        return words % {"number": number}
    if len(turn.weeks) > 1:
        return _("week %(number)d of the turn") % {"number": turn.week_of(monday) + 1}
    return ""


def _for_some(opening: WrittenDay) -> str:
    said = {
        "when": weekday_date(opening.day),
        "hours": " · ".join(in_clocks(WallRange(*one)) for one in opening.ranges),
    }
    return _("%(when)s: %(hours)s (exceptional opening for some types)") % said


def _lines(other: Sequence[Preview]) -> list[str]:
    """Days that follow each other with the same hours for the same reason are one line."""
    lines: list[str] = []
    while other:
        first, *rest = other
        alike = [first]
        while rest and _goes_on(alike[-1], rest[0]):
            alike.append(rest.pop(0))
        other = rest
        when = weekday_date(first.day)
        if len(alike) > 1:
            words = _("from %(first)s to %(last)s")
            when = words % {"first": when, "last": weekday_date(alike[-1].day)}
        lines.append(_("%(when)s: %(hours)s") % {"when": when, "hours": _what(first)})
    return lines


def _goes_on(day: Preview, following: Preview) -> bool:
    return (following.ranges, following.because, following.title) == (
        day.ranges,
        day.because,
        day.title,
    ) and following.day - day.day == timedelta(days=1)


def _what(day: Preview) -> str:
    names = {
        Because.SPECIAL: _("Exceptional opening"),
        Because.PERIOD: "",
        Because.HOLIDAY: "",
        ABSENCE: _("Absence"),
        Because.REPLACEMENT: _("Replacement"),
    }
    why = " · ".join(filter(None, [names[day.because], day.title]))
    opened = " · ".join(map(in_clocks, day.ranges)) or pgettext("a day", "closed")
    return f"{opened} ({why})" if why else opened


def in_clocks(ranges: WallRange) -> str:
    start, end = (f"{m // 60 % 24:02}:{m % 60:02}" for m in ranges)
    return f"{start} – {'24:00' if ranges.end == MINUTES_A_DAY else end}"
