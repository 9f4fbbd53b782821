"""Times as the calendar takes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone


def wall(instant: datetime, zone: ZoneInfo | None = None) -> str:
    """The practice's wall clock, without offset: the calendar shows it as it is."""
    return timezone.localtime(instant, zone).replace(tzinfo=None).isoformat(timespec="seconds")


class Walls(dict[str, str]):
    """The same of instants as a database writes them, each read once: many events begin together."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self.zone = zone

    def __missing__(self, text: str) -> str:
        instant = datetime.fromisoformat(text)
        self[text] = wall(instant.replace(tzinfo=instant.tzinfo or UTC), self.zone)
        return self[text]
