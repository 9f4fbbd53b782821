"""What the agenda says by where one clicked or dragged, `?start=&end=&practitioner=`, local times; or by the
day that one looks at, `?date=`."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from maia.accounts.ids import parse_id
from maia.office.access import OfficeRequest
from maia.office.fields.days import read_day, read_wall
from maia.practices.models import Practitioner

LONGEST = timedelta(days=366)


class Asked(NamedTuple):
    """``start`` and ``end`` both or neither; whose: as asked, else herself, else the first; ``day``: looked
    at, where no time is said."""

    start: datetime | None
    end: datetime | None
    practitioner: Practitioner | None
    day: date | None = None


def read_asked(request: OfficeRequest) -> Asked:
    """A start without an end that follows it lasts an hour."""
    seat, asked = request.seat, request.GET
    start = read_wall(asked.get("start", ""), seat.practice.zone)
    end = read_wall(asked.get("end", ""), seat.practice.zone)
    if start is None:
        end = None
    elif end is None or not start < end <= start + LONGEST:
        end = start + timedelta(hours=1)
    team = list(seat.practitioners.filter(is_active=True))
    key = parse_id(asked.get("practitioner", ""))
    chosen = next((one for one in team if one.pk == key), seat.practitioner)
    day = read_day(asked.get("date", ""))
    return Asked(start, end, chosen or next(iter(team), None), day)
