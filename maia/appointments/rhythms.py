"""How a personal event comes back: what a form offers, and any rule in plain words."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from maia.appointments.dates import day_month, long_date
from maia.schedules.repeating import Rule

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"daily": "DAILY", "weekly": "WEEKLY", "yearly": "YEARLY"}


class Repeat(StrEnum):
    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"  # on that day of the month
    NTH = "nth"  # on the second Tuesday
    LAST = "last"  # on the last Tuesday
    YEARLY = "yearly"
    AS_IS = "as_is"  # by a rule that the form cannot say, which it keeps


class Rhythm(NamedTuple):
    """``weekdays``: of a weekly one, Monday is 0; none: that of its first date."""

    repeat: Repeat
    every: int = 1
    weekdays: frozenset[int] = frozenset()


def rule_of(rhythm: Rhythm, first: date, last: date | None) -> Rule:
    """The rule of a rhythm that begins on ``first``. What the first date says is not said again, so
    that a series which is moved by some days comes back on the new ones."""
    weekday = DAYS[first.weekday()]
    parts = [f"FREQ={_FREQUENCIES.get(rhythm.repeat, 'MONTHLY')}"]
    if rhythm.every > 1:
        parts.append(f"INTERVAL={rhythm.every}")
    if rhythm.repeat == Repeat.WEEKLY and rhythm.weekdays - {first.weekday()}:
        parts.append("BYDAY=" + ",".join(DAYS[day] for day in sorted(rhythm.weekdays)))
    if rhythm.repeat == Repeat.NTH:
        parts.append(f"BYDAY={(first.day - 1) // 7 + 1}{weekday}")
    if rhythm.repeat == Repeat.LAST:
        parts.append(f"BYDAY=-1{weekday}")
    return Rule(";".join(parts), last)


def rhythm_of(rule: Rule, first: date) -> Rhythm:
    """What the form shows of a rule."""
    parts = _parts(rule)
    frequency, every = parts.pop("FREQ", ""), int(parts.pop("INTERVAL", "1"))
    days = parts.pop("BYDAY", "")
    as_is = Rhythm(Repeat.AS_IS)
    if parts:
        return as_is
    if frequency == "WEEKLY":
        known = [DAYS.index(day) for day in days.split(",") if day in DAYS]
        if days and len(known) < len(days.split(",")):
            return as_is
        return Rhythm(Repeat.WEEKLY, every, frozenset(known or [first.weekday()]))
    if frequency == "MONTHLY" and days:
        for repeat in (Repeat.NTH, Repeat.LAST):
            if rule_of(Rhythm(repeat, every), first, None).text == rule.text:
                return Rhythm(repeat, every)
        return as_is
    repeats = {"DAILY": Repeat.DAILY, "MONTHLY": Repeat.MONTHLY, "YEARLY": Repeat.YEARLY}
    return as_is if days or frequency not in repeats else Rhythm(repeats[frequency], every)


def in_words(rule: Rule, first: date) -> str:
    """*Every month, on the second Tuesday, without an end date.*"""
    if rule.last is None:
        return _("%(rhythm)s, without an end date") % {"rhythm": _rhythm_in_words(rule, first)}
    words = {"rhythm": _rhythm_in_words(rule, first), "day": long_date(rule.last)}
    return _("%(rhythm)s, until %(day)s") % words


def _rhythm_in_words(rule: Rule, first: date) -> str:
    rhythm = rhythm_of(rule, first)
    every = {"count": rhythm.every}
    match rhythm.repeat:
        case Repeat.DAILY:
            return _("Every day") if rhythm.every == 1 else _("Every %(count)d days") % every
        case Repeat.WEEKLY:
            return _weekly(rhythm)
        case Repeat.MONTHLY:
            return _monthly(rhythm.every, _("on day %(day)s") % {"day": _day(first)}) + (
                _(" (months without that day are skipped)") if first.day > 28 else ""
            )
        case Repeat.NTH:
            nth = _nth()[(first.day - 1) // 7]
            return _monthly(rhythm.every, nth % {"weekday": date_format(first, "l")})
        case Repeat.LAST:
            last = _("on the last %(weekday)s") % {"weekday": date_format(first, "l")}
            return _monthly(rhythm.every, last)
        case Repeat.YEARLY:
            words = every | {"day": day_month(first)}
            if rhythm.every == 1:
                return _("Every year, on %(day)s") % words
            return _("Every %(count)d years, on %(day)s") % words
    return _("By a rule of its own (%(rule)s)") % {"rule": rule.text}


def _weekly(rhythm: Rhythm) -> str:
    days = sorted(rhythm.weekdays)
    if rhythm.every == 1 and days == [0, 1, 2, 3, 4, 5, 6]:
        return _("Every day")
    if rhythm.every == 1 and days == [0, 1, 2, 3, 4]:
        return _("From Monday to Friday")
    names = weekdays_in_words()
    words = {"days": _joined([names[day] for day in days]), "count": rhythm.every}
    if rhythm.every == 1:
        return _("On %(days)s") % words
    return _("Every %(count)d weeks, on %(days)s") % words


def _monthly(every: int, on: str) -> str:
    if every == 1:
        return _("Every month, %(on)s") % {"on": on}
    return _("Every %(count)d months, %(on)s") % {"count": every, "on": on}


def weekdays_in_words() -> list[str]:
    """As days that come back, from Monday on."""
    return [
        _("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"),
        _("Saturdays"), _("Sundays"),
    ]  # fmt: skip


def _nth() -> list[str]:
    return [
        _("on the first %(weekday)s"), _("on the second %(weekday)s"),
        _("on the third %(weekday)s"), _("on the fourth %(weekday)s"),
        _("on the fifth %(weekday)s"),
    ]  # fmt: skip


def _day(first: date) -> str:
    return day_month(first).split(" ")[0]


def _joined(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def _parts(rule: Rule) -> dict[str, str]:
    parts = dict(part.partition("=")[::2] for part in rule.text.split(";"))
    if parts.get("WKST") == "MO":
        del parts["WKST"]
    return parts
