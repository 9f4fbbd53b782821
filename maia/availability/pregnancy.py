"""The weeks of a pregnancy and the days after a birth (rule 3.9). Dates in, dates out: no clock, no database.

In France a pregnancy is dated in weeks of amenorrhoea, from the first day of the last period, and its term is
41 such weeks [Haute Autorité de santé, CNGOF]; elsewhere mostly 40 [ACOG, NHS].
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

TERM_WEEKS = {"FR": 41}  # by country; of the others:
USUAL_TERM_WEEKS = 40
LAST_WEEK = 45  # nobody is pregnant for longer
LAST_DAY = 730  # after a birth, that a window may name
# A birth this long before a term is another child's.
ANOTHER_CHILD = timedelta(days=120)


class Unit(StrEnum):
    WEEKS = "weeks"
    DAYS_AFTER_BIRTH = "days_after_birth"


class Week(NamedTuple):
    """Whole weeks of amenorrhoea, and the days above them: 24 and 3 of *24 SA + 3 j*."""

    weeks: int
    days: int


class Window(NamedTuple):
    """When an appointment is for: from week ``first`` to the last day of week ``last``; or from so many days
    after the birth to so many, both included."""

    unit: Unit
    first: int
    last: int


class Dates(NamedTuple):
    """Both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Pregnancy:
    """What a record says: when the child is due, when it was born; either, both or neither."""

    due: date | None = None
    born: date | None = None
    term_weeks: int = USUAL_TERM_WEEKS

    @property
    def is_over(self) -> bool:
        """Whether the child is born. One that was born long before the term is an elder."""
        return self.born is not None and (self.due is None or self.due - self.born < ANOTHER_CHILD)

    @property
    def began(self) -> date | None:
        """The first day of amenorrhoea; None where no term is known."""
        return None if self.due is None else self.due - timedelta(weeks=self.term_weeks)

    def week_on(self, day: date) -> Week | None:
        """None before it begins, after `LAST_WEEK`, from the birth on, and where no term is known."""
        if self.began is None or (self.is_over and self.born is not None and day >= self.born):
            return None
        weeks, days = divmod((day - self.began).days, 7)
        return Week(weeks, days) if 0 <= weeks <= LAST_WEEK else None

    def age_on(self, day: date) -> int | None:
        """Of the child, in days; None before it is born, and where that is not known."""
        if not self.is_over or self.born is None or day < self.born:
            return None
        return (day - self.born).days

    def dates_of(self, window: Window) -> Dates | None:
        """When the window is open. Days after a birth that is still to come are counted from the term. None
        where what it is counted from is not known."""
        if window.unit == Unit.WEEKS:
            if self.began is None:
                return None
            after = self.began + timedelta(weeks=window.last + 1)
            return Dates(self.began + timedelta(weeks=window.first), after - timedelta(days=1))
        birth = self.born if self.is_over else self.due
        if birth is None:
            return None
        return Dates(birth + timedelta(days=window.first), birth + timedelta(days=window.last))


def term_weeks_of(country: str) -> int:
    """``country``: two letters, ISO 3166."""
    return TERM_WEEKS.get(country, USUAL_TERM_WEEKS)
