"""When a slot may be booked online: notice, evening cut-off, horizon (rule 3.1).

`Policy` is what the practitioner chose, `Window` what it means at one instant.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Policy:
    """``notice`` and ``horizon_days`` count from now; ``evening_cutoff`` is a local time.

    ``notice_days``: local dates, from today on, that take nothing more: 1 is *not the same day*. It
    holds beside ``notice``."""

    notice: timedelta
    horizon_days: int
    evening_cutoff: time | None = None
    notice_days: int = 0

    def window(self, now: datetime, zone: tzinfo, *, begins: datetime | None = None) -> "Window":
        """What may be booked at ``now`` (aware), in the practice's zone. ``begins``: when today's
        consultations do, where that is known."""
        local = now.astimezone(zone)
        today = local.date()
        closed: set[date] = set()
        if self.evening_cutoff is not None:
            # From the cut-off on (it is half-open like everything else), tomorrow is closed, and
            # stays so through the night: she has looked at her morning already.
            if local.time() >= self.evening_cutoff:
                closed.add(today + timedelta(days=1))
            if begins is not None and now < begins:
                closed.add(today)
        return Window(
            earliest=now + self.notice,
            first_date=today + timedelta(days=self.notice_days),
            last_date=today + timedelta(days=self.horizon_days),
            closed_dates=frozenset(closed),
        )


@dataclass(frozen=True)
class Window:
    """A slot may be booked if it starts at ``earliest`` or after, on a date that is open."""

    earliest: datetime  # an aware instant
    first_date: date
    last_date: date  # included, whole
    closed_dates: frozenset[date] = frozenset()

    def opens(self, day: date) -> bool:
        return self.first_date <= day <= self.last_date and day not in self.closed_dates

    def allows(self, start: datetime) -> bool:
        return start >= self.earliest
