"""Who takes over from whom, date by date: what holds then for each of the two (rule 3.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from maia.availability.dated import Because, DatedHours, Held
from maia.availability.weekly import WallRange


class Handed(NamedTuple):
    """Dates, both included, on which somebody else takes over. ``name``: hers."""

    first: date
    last: date
    name: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


class TakenOver(NamedTuple):
    """Dates on which she takes over from ``name``. ``hours``: of the one whom she replaces; None: she keeps
    to her own."""

    first: date
    last: date
    hours: DatedHours | None
    name: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class ReplacedHours:
    """Of one practitioner for a type. ``is_hers``: she offers it on her own account; otherwise only while
    she takes over from somebody who does."""

    own: DatedHours
    is_hers: bool = True
    handed: Sequence[Handed] = ()
    taken_over: Sequence[TakenOver] = ()

    def on(self, day: date) -> Held:
        """What holds: nothing on what she has handed over; what she has taken over opens beside her own."""
        for away in self.handed:
            if away.holds_on(day):
                return Held((), Because.REPLACEMENT, away.name)
        taken = [one for one in self.taken_over if one.holds_on(day)]
        keeps_to_hers = self.is_hers or any(one.hours is None for one in taken)
        held = self.own.on(day) if keeps_to_hers else Held((), Because.USUAL)
        other = [(one.hours.on(day), one.name) for one in taken if one.hours is not None]
        if not other:
            return held
        ranges = [*held.ranges, *(one for theirs, _name in other for one in theirs.ranges)]
        names = ", ".join(name for _theirs, name in other if name)
        # A day is at one site: hers if she works on it, else that of whom she replaces.
        sites = [one.site for one in (held, *(theirs for theirs, _name in other)) if one.ranges]
        return Held(tuple(_joined(ranges)), Because.REPLACEMENT, names, sites[0] if sites else None)

    def on_date(self, day: date) -> tuple[WallRange, ...]:
        return self.on(day).ranges

    def site_on(self, day: date) -> int | None:
        return self.on(day).site


def _joined(ranges: Sequence[WallRange]) -> list[WallRange]:
    """The same time in order, without what is said twice; ranges that touch stay apart."""
    joined: list[WallRange] = []
    for start, end in sorted(ranges):
        if joined and start < joined[-1].end:
            joined[-1] = WallRange(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(WallRange(start, end))
    return joined
