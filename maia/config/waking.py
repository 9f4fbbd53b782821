"""What a clock of 2061 wrote and would sleep until then, in each table that is asked too often to
be asked for it each time (the others ask `waits` themselves)."""

from datetime import datetime

from maia.accounts import short_memory
from maia.jobs import working
from maia.messaging import claims


def wake_what_sleeps(now: datetime) -> int:
    """``now`` is believed. How many rows."""
    return claims.wake(now) + working.wake(now) + short_memory.forget_what_would_never_end(now)
