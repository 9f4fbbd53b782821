"""At which site the hours of a date are, and the way between two sites (rules 3.8.4 to 3.8.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from maia.availability.slots import Busy
from maia.availability.weekly import WallRange

# Between two sites, by both keys, the smaller one first.
Ways = Mapping[tuple[int, int], timedelta]
AT_MAIN = 0  # where is what happens at the practice and names no site; None: what happens at none


class SitedHours(Protocol):
    """What holds on each date, and where."""

    def on_date(self, day: date) -> tuple[WallRange, ...]: ...

    def site_on(self, day: date) -> int | None: ...


@dataclass(frozen=True)
class Sites:
    """What a type asks of sites. ``main``: the key of where hours are that name no site; None: the
    practice has no sites, or the type happens at none, and nothing is asked. ``only``: where the type
    happens; None: wherever the hours are."""

    main: int | None = None
    only: frozenset[int] | None = None

    def dates_by_site(
        self, hours: SitedHours, dates: Iterable[date]
    ) -> dict[int | None, list[date]]:
        """Those of ``dates`` on which the type may be taken, by the site where she is."""
        if self.main is None:
            return {None: list(dates)}
        by_site: dict[int | None, list[date]] = {}
        for day in dates:
            site = self.site_on(hours, day)
            if self.only is None or site in self.only:
                by_site.setdefault(site, []).append(day)
        return by_site

    def site_on(self, hours: SitedHours, day: date) -> int | None:
        return None if self.main is None else hours.site_on(day) or self.main

    def key_of(self, its_site: int | None) -> int | None:
        """Of where something is that may say `AT_MAIN`."""
        return self.main if its_site == AT_MAIN else its_site


def reached_from(busy: Busy, its_site: int | None, site: int | None, ways: Ways) -> Busy:
    """What is taken at ``its_site``, as it is seen from ``site``: apart by the way between the two, or
    by its buffers where they are longer."""
    if not ways or its_site is None or site is None or its_site == site:
        return busy
    way = ways.get((min(its_site, site), max(its_site, site)))
    if way is None:
        return busy
    before, after = max(busy.buffer_before, way), max(busy.buffer_after, way)
    return busy._replace(buffer_before=before, buffer_after=after)
