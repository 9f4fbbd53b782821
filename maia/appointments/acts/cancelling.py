"""Cancelling an appointment."""

from collections.abc import Sequence
from datetime import datetime

from maia.appointments.agenda import (
    TOLD,
    By,
    Telling,
    agenda_of,
    read_again,
    record,
    refuse_unless_seen,
    save,
)
from maia.appointments.exceptions import (
    NotBookable,
    RequestExpired,
    TooLate,
)
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.appointments.telling import overtake

Reason = NotBookable.Reason


def cancel_appointment(
    appointment: Appointment,
    *,
    by: By,
    now: datetime,
    seen: int | None = None,
    telling: Telling = TOLD,
) -> Appointment:
    """Cancels it and frees its time; cancelled already, nothing happens.

    Raises `TooLate`, `ChangedMeanwhile`, and `RequestExpired`: nobody declines what is over by itself.
    """
    with agenda_of(appointment.practitioner):
        current = read_again(appointment)
        if current.has_expired(now):
            raise RequestExpired
        if current.status == Appointment.Status.CANCELLED:
            return current
        refuse_unless_seen(current, seen)
        if by.is_patient and not current.may_change(now):
            raise TooLate
        waited = current.status == Appointment.Status.UNCONFIRMED
        end(current)
        record(
            current,
            HistoryEntry.Action.CANCELLED,
            by,
            now,
            # Of the time that she knows of: a drag that she has not been told of is not to be.
            old_start=current.start if by.is_patient else overtake(current).start,
            of_request=waited,
            telling=telling,
        )
    return current


def cancel_several(
    shown: Sequence[tuple[Appointment, int]], *, by: By, now: datetime, telling: Telling = TOLD
) -> None:
    """All of them, each with the version that was shown, or none: one that changed refuses the rest.

    A request whose start has come is passed over: it ends by itself. Raises `ChangedMeanwhile`.
    """
    with agenda_of(*(appointment.practitioner for appointment, _seen in shown)):
        for appointment, seen in shown:
            if not appointment.has_expired(now):
                cancel_appointment(appointment, by=by, now=now, seen=seen, telling=telling)


def end(current: Appointment) -> None:
    """It is cancelled, and takes no time any more. Inside the lock of its agenda."""
    current.status = Appointment.Status.CANCELLED
    current.sequence += 1
    save(current, "status", "expired", "sequence")
    if current.event.kind == Event.Kind.APPOINTMENT:
        current.event.blocking = False
        current.event.save(update_fields=["blocking"])
