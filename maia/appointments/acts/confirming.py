"""Saying yes to an appointment, and taking it back."""

from datetime import datetime

from maia.appointments.agenda import (
    TOLD,
    By,
    Telling,
    agenda_of,
    read_again,
    record,
    refuse_if_over,
    refuse_unless_seen,
    save,
)
from maia.appointments.exceptions import (
    AlreadyBegun,
    NotBookable,
)
from maia.appointments.models import Appointment, HistoryEntry

Reason = NotBookable.Reason


def confirm_appointment(
    appointment: Appointment,
    *,
    by: By,
    now: datetime,
    seen: int | None = None,
    telling: Telling = TOLD,
) -> Appointment:
    """Confirms one that waits; confirmed already, nothing happens.

    Raises `AlreadyCancelled`, `RequestExpired` from its start on, and `ChangedMeanwhile`: nobody says
    yes to a time that she has not read.
    """
    with agenda_of(appointment.practitioner):
        current = read_again(appointment)
        refuse_if_over(current, now)
        if current.status == Appointment.Status.UNCONFIRMED:
            refuse_unless_seen(current, seen)
            current.status = Appointment.Status.CONFIRMED
            current.sequence += 1
            save(current, "status", "sequence")
            acts = HistoryEntry.Action
            record(current, acts.CONFIRMED, by, now, new_start=current.start, telling=telling)
    return current


def unconfirm_appointment(
    appointment: Appointment, *, by: By, now: datetime, seen: int
) -> Appointment:
    """Back to waiting: it keeps its time and owes no reminder. The patient is told nothing.

    Raises `AlreadyCancelled`, `RequestExpired`, `ChangedMeanwhile`, and `AlreadyBegun`.
    """
    with agenda_of(appointment.practitioner):
        current = read_again(appointment, seen)
        refuse_if_over(current, now)
        if current.start <= now:
            raise AlreadyBegun
        if current.status == Appointment.Status.CONFIRMED:
            current.wait_for_a_yes(now)
            current.sequence += 1
            save(current, "status", "waits_since", "recalled_at", "sequence")
            record(current, HistoryEntry.Action.EDITED, by, now)
    return current
