"""When each of some patients was last here, and when she comes next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q

from maia.appointments.models import Appointment


class Visits(NamedTuple):
    last: datetime | None = None
    next: datetime | None = None


def visits_of(patients: Iterable[int], now: datetime, *, among: Any) -> dict[int, Visits]:
    """By the keys of records, ``among`` some appointments; one statement, however many they are. What was
    cancelled is no visit, nor what she did not come to."""
    missed = [Appointment.Attendance.NO_SHOW, Appointment.Attendance.EXCUSED]
    rows = (
        among.filter(patient__in=list(patients))
        .exclude(status=Appointment.Status.CANCELLED)
        .values("patient")
        .annotate(
            last=Max("event__start", filter=Q(event__start__lte=now) & ~Q(attendance__in=missed)),
            next=Min("event__start", filter=Q(event__start__gt=now)),
        )
    )
    return {row["patient"]: Visits(row["last"], row["next"]) for row in rows}
