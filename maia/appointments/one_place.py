"""One person is not in two places: what a patient has already, whoever it is with (rule 3.4).

By record: a relative's appointment may touch hers. Asked while her record is held, which all who give
her a time do first: two at once, with two practitioners, follow each other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from maia.appointments.exceptions import PatientBusy
from maia.appointments.models import Appointment
from maia.patients.models import Patient

Span = tuple[datetime, datetime]


def what_she_has(
    patient: Patient, start: datetime, end: datetime, *, but: Any = None
) -> Appointment | None:
    """Her first appointment that touches ``[start, end)``, confirmed or not, and is none of the events
    ``but``: keys, or rows of one column of keys."""
    rows = _of(patient, start, end).with_details()
    others = rows if but is None else rows.exclude(event__in=but)
    first: Appointment | None = others.order_by("event__start", "pk").first()
    return first


def refuse_if_busy(
    patient: Patient, start: datetime, end: datetime, *, but: Any = None, was: Span | None = None
) -> None:
    """``was``: where the appointment stood until now; what it touched there, it may touch again.

    Raises `PatientBusy`.
    """
    found = what_she_has(patient, start, end, but=but)
    if found is None:
        return
    if was is None or not (found.start < was[1] and was[0] < found.end):
        raise PatientBusy(found)


def times_she_has(
    patient: Patient, start: datetime, end: datetime, *, but: Any = None
) -> list[Span]:
    """All of them between the two, as spans."""
    rows = _of(patient, start, end)
    others = rows if but is None else rows.exclude(event__in=but)
    return list(others.values_list("event__start", "event__end"))


def touches(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _of(patient: Patient, start: datetime, end: datetime) -> Any:
    rows = Appointment.objects.filter(patient=patient).touching(start, end)
    return rows.exclude(status=Appointment.Status.CANCELLED)
