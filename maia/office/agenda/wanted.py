"""What a calendar asks for: read from its address, within bounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from maia.accounts.ids import parse_id
from maia.appointments.models import Appointment, Event
from maia.office.access import OfficeRequest
from maia.office.agenda.place import STATUSES, WAYS
from maia.office.agenda.reading import Drawn
from maia.office.fields.days import read_wall
from maia.practices.models import Practitioner

MAX_DAYS = 62
_NO_SHOW = Appointment.Attendance.NO_SHOW


class Wanted(NamedTuple):
    """Of whom, from when to when, and which appointments only."""

    team: Sequence[Practitioner]
    start: datetime
    end: datetime
    type: int | None = None
    status: str = ""
    way: str = ""

    def matching(self) -> Any:
        """Of each practitioner, as the index by end has them: of the practice, years would be read."""
        rows = Event.objects.filter(practitioner__in=self.team, blocking=True)
        rows = rows.touching(self.start, self.end)
        if self.type is not None:
            rows = rows.filter(type_id=self.type)
        hers = Appointment.objects.filter(event=OuterRef("pk"))
        if self.status == _NO_SHOW:
            rows = rows.filter(Exists(hers.filter(attendance=self.status)))
        elif self.status:
            rows = rows.filter(Exists(hers.filter(status=self.status)))
        if self.way:
            rows = rows.filter(Exists(hers.filter(booked_online=self.way == "online")))
        return rows

    def wants(self, event: Drawn) -> bool:
        """The same, of what has been read."""
        if self.type is None and not self.status and not self.way:
            return True
        if self.type is not None and event.type_id != self.type:
            return False
        said = [one.attendance if self.status == _NO_SHOW else one.status for one in event.places]
        if self.status and self.status not in said:
            return False
        online = self.way == "online"
        return not self.way or any(bool(one.booked_online) == online for one in event.places)


def read_wanted(request: OfficeRequest) -> Wanted | None:
    """From the address; None where its range is none, or too long."""
    practice, asked = request.seat.practice, request.GET
    start, end = (read_wall(asked.get(name, ""), practice.zone) for name in ("start", "end"))
    if start is None or end is None or not 0 < (end - start).days <= MAX_DAYS:
        return None
    practitioner, type = (parse_id(asked.get(name, "")) for name in ("practitioner", "type"))
    status, way = asked.get("status", ""), asked.get("way", "")
    return Wanted(
        [p for p in request.seat.practitioners if practitioner in (None, p.pk)],
        start,
        end,
        type,
        status if status in STATUSES else "",
        way if way in WAYS else "",
    )
