"""Times as the calendar takes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def wall(instant: datetime, zone: ZoneInfo | None = None) -> str:
    """The practice's wall clock, without offset: the calendar shows it as it is."""
    return timezone.localtime(instant, zone).replace(tzinfo=None).isoformat(timespec="seconds")
