"""A worker's clock, as long as it may be believed.

A clock that is wrong for seconds would let reminders be taken for *past their appointment*, and
drop them. So a worker whose clock is not PostgreSQL's, or leaps while it works, stops and says so;
it goes on as soon as the clock is right. SQLite has no clock of its own: there the machine's own
seconds since it started are asked, and the newest that is written.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from maia.accounts.waits import NotBelieved
from maia.messaging.models import WorkerBeat
from maia.privacy.clock import QUIET, database_clock, newest_row
from maia.privacy.models import Housekeeping

logger = logging.getLogger("maia.worker")

MOST = timedelta(minutes=5)  # between this clock and a right one
ASKED_EVERY = 10.0  # seconds
SETTLES = 600.0  # seconds after a leap: then the new time may be the right one, which was set


def seconds_of_the_machine() -> float:
    """They count on while it sleeps, and no setting of its clock moves them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class _Look:
    """What the two said at one moment."""

    clock: datetime
    seconds: float

    def reckoned(self, seconds: float) -> datetime:
        return self.clock + timedelta(seconds=seconds - self.seconds)


class WatchedClock:
    """Called, it is the time; or raises `NotBelieved`. One for all threads of a worker."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = seconds_of_the_machine,
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._lock = threading.Lock()
        self._believed: _Look | None = None
        self._leapt: _Look | None = None  # where it stands since, if it does
        self._asked = float("-inf")
        self._code = ""

    def __call__(self) -> datetime:
        with self._lock:
            look = _Look(self._clock(), self._seconds())
            code = self._doubt(look)
            if code != self._code:
                self._code = code
                extra = {"why": code, "clock": f"{look.clock:%Y-%m-%d %H:%M:%S}"}
                if code:
                    logger.error("worker stopped: its clock is in doubt", extra=extra)
                else:
                    logger.warning("worker goes on: its clock is believed", extra=extra)
            if code:
                raise NotBelieved(code, self._reckoned(look))
            return look.clock

    def _doubt(self, look: _Look) -> str:
        """The code of why not; empty if it is believed."""
        steady = self._believed is not None and _agree(self._believed, look)
        asked_lately = look.seconds - self._asked < ASKED_EVERY
        if asked_lately and (steady or self._code):
            # In doubt, it is not asked at each step of each thread; steady again, it is at once.
            return "" if steady and self._code in ("", "leap") else self._code
        self._asked = look.seconds
        if connection.vendor == "postgresql":
            code = "" if abs(look.clock - database_clock(look.clock)) <= MOST else "database"
        else:
            code = self._doubt_alone(look, steady=steady)
        if not code:
            self._believed, self._leapt = look, None
        return code

    def _doubt_alone(self, look: _Look, *, steady: bool) -> str:
        if steady:
            return ""
        told = Housekeeping.objects.aggregate(at=Max("believed_at"))["at"]
        if told is not None and abs(look.clock - told) < timedelta(hours=1):
            return ""  # by the operator
        if self._believed is not None:
            if self._leapt is None or not _agree(self._leapt, look):
                self._leapt = look
            if look.seconds - self._leapt.seconds < SETTLES:
                return "leap"
        beat = WorkerBeat.objects.filter(stopped="").aggregate(at=Max("seen_at"))["at"]
        newest = max((at for at in (newest_row(), beat, told) if at), default=None)
        return "rows" if newest is not None and look.clock - newest > QUIET else ""

    def _reckoned(self, look: _Look) -> datetime:
        if connection.vendor == "postgresql":
            return database_clock(look.clock)
        return self._believed.reckoned(look.seconds) if self._believed else look.clock


def _agree(one: _Look, other: _Look) -> bool:
    return abs(one.reckoned(other.seconds) - other.clock) <= MOST
