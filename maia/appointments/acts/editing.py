"""What the practice writes on the sheet."""

from dataclasses import dataclass
from datetime import datetime

from maia.appointments.acts.attendance import refuse_unless_known
from maia.appointments.agenda import (
    Boxes,
    By,
    agenda_of,
    patient_of,
    read_again,
    record,
    save,
)
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.rooms import put_into
from maia.practices.models import Room


@dataclass(frozen=True)
class Into:
    """The room that it takes from now on; None: it does without."""

    room: Room | None


def edit_appointment(
    appointment: Appointment,
    *,
    practice_notes: str | None,
    attendance: str,
    boxes: Boxes,
    by: By,
    now: datetime,
    seen: int,
    into: Into | None = None,
) -> Appointment:
    """What the practice writes on the sheet; neither its time nor its status.

    ``practice_notes`` and ``into`` are None where they stay as they are. ``seen`` is the version on the page
    that is saved. Raises `RoomTaken`, `RoomElsewhere`, `ChangedMeanwhile`, `RecordErased` for notes on nobody, and what
    `refuse_unless_known` does of ``attendance``.
    """
    about_her = patient_of(appointment) if practice_notes else None
    with agenda_of(appointment.practitioner, holding=about_her):
        current = read_again(appointment, seen)
        refuse_unless_known(current, attendance, now)
        notes = current.practice_notes if practice_notes is None else practice_notes
        wanted = (notes, attendance, boxes.email, boxes.sms)
        fields = ("practice_notes", "attendance", "email_reminder", "sms_reminder")
        changes_room = into is not None and into.room != current.event.room
        if into is not None and changes_room:
            put_into(current, into.room, by)
        if changes_room or wanted != tuple(getattr(current, field) for field in fields):
            came = Appointment.Attendance.ATTENDED
            has_come = attendance == came and current.attendance != came
            for field, value in zip(fields, wanted, strict=True):
                setattr(current, field, value)
            save(current, *fields)
            action = HistoryEntry.Action.ATTENDED if has_come else HistoryEntry.Action.EDITED
            record(current, action, by, now)
    return current
