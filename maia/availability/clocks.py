"""Wall clocks: whether one ever shows a time."""

from datetime import UTC, datetime, tzinfo


def is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Whether the clocks of ``zone`` go over ``wall``, a time without a zone: 02:30 on the night when
    they are put forward from 02:00 to 03:00 (rule 3.1.2)."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant.astimezone(zone).replace(tzinfo=None) != wall
