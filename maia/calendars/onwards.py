"""An instance that stands for itself and for all that follow it (`RANGE=THISANDFUTURE`, RFC 5545)."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from maia.calendars.zones import instant_of

FARTHEST = timedelta(days=366)  # that a series is moved; more is nobody's meaning


@dataclass(frozen=True)
class Onwards:
    """From the instance of ``at`` on, the series begins as ``wall`` in ``zone`` does, which is in the
    place of ``at``, and takes as long; or takes no time any more."""

    at: datetime
    wall: datetime
    zone: tzinfo
    end: datetime
    is_exact: bool  # so long by the clock, not on the wall
    takes: bool

    @property
    def moved(self) -> timedelta:
        """On the wall."""
        return self.wall - self._on_wall(self.at)

    @property
    def length(self) -> timedelta:
        return self.end - instant_of(self.wall, self.zone)

    def span(self, instant: datetime) -> tuple[datetime, datetime] | None:
        """Where the instance that was at ``instant`` is now; None where it takes no time."""
        if not self.takes:
            return None
        wall = self._on_wall(instant) + self.moved
        start = instant_of(wall, self.zone)
        if self.is_exact:
            return start, start + self.length
        return start, instant_of(wall + (self._on_wall(self.end) - self.wall), self.zone)

    def _on_wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)


def that_holds(onwards: list[Onwards], instant: datetime) -> Onwards | None:
    """The last one that began by then; ``onwards`` in any order."""
    return max((one for one in onwards if one.at <= instant), key=lambda one: one.at, default=None)
