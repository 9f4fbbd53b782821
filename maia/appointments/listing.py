"""Appointments as lists: those of some dates, by what is asked of them, and requests that wait."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maia.appointments.models import Appointment
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType

MOST_DAYS = 366
EXPIRED = "expired"  # cancelled, since nobody answered the request
STATUSES: list[tuple[str, str | Promise]] = [
    *Appointment.Status.choices,
    (EXPIRED, pgettext_lazy("a request", "expired")),
]
UNSAID = "unsaid"  # nobody has said yet whether she came
ATTENDANCES: list[tuple[str, str | Promise]] = [
    *Appointment.Attendance.choices,
    (UNSAID, _("not noted yet")),
]


@dataclass(frozen=True)
class Wanted:
    """Those that start on the local dates from ``first`` to ``last`` (both included); a field that
    says nothing asks nothing."""

    first: date
    last: date
    practitioner: Practitioner | None = None
    type: AppointmentType | None = None
    status: str = ""  # one of `STATUSES`
    online: bool | None = None
    attendance: str = ""  # one of `ATTENDANCES`

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.last - self.first < timedelta(days=MOST_DAYS):
            raise ValueError(f"at most {MOST_DAYS} days, from the first to the last")


def listed(rows: Any, wanted: Wanted, practice: Practice) -> Any:
    """Of ``rows`` (appointments of the practice) those that are wanted, as they follow each other.

    Of each practitioner, by both edges of the event: its index then reads these dates and no others.
    """
    start, end = span(wanted, practice.zone)
    of = [wanted.practitioner] if wanted.practitioner else practice.practitioners.all()
    rows = rows.filter(event__practitioner__in=of, event__start__gte=start).touching(start, end)
    if wanted.type is not None:
        rows = rows.filter(event__type=wanted.type)
    if wanted.status:
        status, expired = wanted.status, wanted.status == EXPIRED
        rows = rows.filter(status=Appointment.Status.CANCELLED if expired else status)
        rows = rows.filter(expired=expired)
    if wanted.online is not None:
        rows = rows.filter(booked_online=wanted.online)
    if wanted.attendance:
        said = "" if wanted.attendance == UNSAID else wanted.attendance
        rows = rows.filter(attendance=said)
    return rows.order_by("event__start", "event__practitioner__position", "pk")


def span(wanted: Wanted, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first midnight to the last, half-open."""
    after = wanted.last + timedelta(days=1)
    return datetime.combine(wanted.first, time(), zone), datetime.combine(after, time(), zone)


def to_confirm(rows: Any, now: datetime) -> Any:
    """Requests that still wait for the practice's yes, the next first."""
    waiting = rows.filter(status=Appointment.Status.UNCONFIRMED, event__end__gt=now)
    return waiting.order_by("event__start", "pk")
