"""Who came and who did not, said afterwards: of a whole day in one pass, or of one appointment."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from maia.appointments.agenda import By, agenda_of, read_again, record, save
from maia.appointments.exceptions import AlreadyCancelled, ChangedMeanwhile, NotBegun
from maia.appointments.models import Appointment, HistoryEntry
from maia.practices.models import Practitioner


def may_be_said(rows: Any, now: datetime) -> Any:
    """Of appointments, those of which it can be said: begun, and not cancelled."""
    return rows.filter(event__start__lte=now).exclude(status=Appointment.Status.CANCELLED)


def refuse_unless_known(current: Appointment, attendance: str, now: datetime) -> None:
    """By whatever door ``attendance`` comes, where it is another than before: of one. "", not known, may
    always be said again. Raises `AlreadyCancelled`, and `NotBegun`."""
    if attendance in ("", current.attendance):
        return
    if current.status == Appointment.Status.CANCELLED:
        raise AlreadyCancelled
    if current.start > now:
        raise NotBegun


def hold_agendas(practitioners: Iterable[int]) -> None:
    """Several at once, in one order, until the transaction ends. ``practitioners``: their keys."""
    rows = Practitioner.objects.select_for_update(no_key=True).filter(pk__in=set(practitioners))
    list(rows.order_by("pk").values_list("pk"))


def say_attendance(
    appointment: Appointment, attendance: str, *, was: str, by: By, now: datetime
) -> Appointment:
    """Writes ``attendance`` (a value of `Appointment.Attendance`, or "" for not known) where ``was``
    was read; the same as it is now, nothing happens.

    Raises `ChangedMeanwhile` where somebody has said something else since, `AlreadyCancelled`, and
    `NotBegun`.
    """
    with agenda_of(appointment.practitioner):
        current = read_again(appointment)
        if current.attendance == attendance:
            return current
        if current.attendance != was:
            raise ChangedMeanwhile
        refuse_unless_known(current, attendance, now)
        current.attendance = attendance
        save(current, "attendance")
        acts = HistoryEntry.Action
        came = attendance == Appointment.Attendance.ATTENDED
        record(current, acts.ATTENDED if came else acts.EDITED, by, now)
    return current
