"""What each practice has and does, in figures: for who runs the server, and bills it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import Length, TruncMonth

from maia.appointments.models import Appointment
from maia.jobs.models import Job
from maia.messaging.models import Message
from maia.patients.models import PatientImport
from maia.practices.models import Picture, Practice

MONTHS = 3  # this one and those before


@dataclass
class Month:
    appointments: int = 0  # that took or take place in it, cancelled ones apart
    emails: int = 0  # that left
    sms: int = 0  # that left, as they are billed


@dataclass
class Usage:
    members: int
    patients: int  # not erased
    appointments: int
    files: int  # bytes of pictures, lists and results of jobs
    months: dict[date, Month] = field(default_factory=dict)


def usage_of(practice: Practice, now: datetime) -> Usage:
    first = _first_month(practice, now)
    usage = Usage(
        members=practice.team.count(),
        patients=practice.patients.filter(erased_at=None).count(),
        appointments=Appointment.objects.filter(practice=practice).count(),
        files=_bytes(practice),
    )
    months: dict[str, Counter[date]] = {
        "appointments": _by_month(
            Appointment.objects.filter(practice=practice, event__start__gte=first).exclude(
                status=Appointment.Status.CANCELLED
            ),
            "event__start",
            Count("pk"),
            practice,
        )
    }
    sent = Message.objects.filter(practice=practice, status=Message.Status.SENT, sent_at__gte=first)
    channel = Message.Channel
    emails = sent.filter(channel=channel.EMAIL)
    months["emails"] = _by_month(emails, "sent_at", Count("pk"), practice)
    months["sms"] = _by_month(
        sent.filter(channel=channel.SMS), "sent_at", Sum("segments"), practice
    )
    last = now.astimezone(practice.zone).date().replace(day=1)
    for name, counts in months.items():
        for month, count in counts.items():
            if month <= last:
                setattr(usage.months.setdefault(month, Month()), name, count)
    return usage


def database_bytes() -> int:
    """All practices together."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        (size,) = cursor.fetchone()
    return int(size)


def _first_month(practice: Practice, now: datetime) -> datetime:
    """The instant at which the first of the last months began, at the practice."""
    local = now.astimezone(practice.zone)
    for _ in range(MONTHS - 1):
        local = (local.replace(day=1) - timedelta(days=1)).replace(day=1)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _by_month(rows: Any, column: str, what: Any, practice: Practice) -> Counter[date]:
    month = TruncMonth(column, tzinfo=practice.zone)
    counted = rows.order_by().annotate(month=month).values("month").annotate(count=what)
    return Counter({row["month"].date(): row["count"] or 0 for row in counted})


def _bytes(practice: Practice) -> int:
    total = 0
    for model, columns in (
        (Picture, ["content"]),
        (PatientImport, ["file", "table", "shown", "remarks"]),
        (Job, ["input"]),
    ):
        sums = {name: Sum(Length(name)) for name in columns}
        rows = model._default_manager.filter(practice=practice)
        total += sum(filter(None, rows.aggregate(**sums).values()))
    return total
