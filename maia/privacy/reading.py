"""Where the faces of the office get patients' rows: each function takes the seat, gives what it
sees, counts what has a limit, and writes down in the journal that it was read. Pages and programs
of one user are counted together.

Two contract tests: one walks every page and operation of the office, and fails for one that answers
patients' rows and writes no line; the other reads the office's source, and fails for a function that
reaches such rows past this module and is not named there.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.appointments.models import Appointment
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.patients.records import sharing
from maia.patients.search import alike, search_patients
from maia.practices.seats import Seat
from maia.privacy.handing_out import data_of_patient
from maia.privacy.journal import Act, note


def appointments_of(seat: Seat) -> Any:
    """Those that the seat sees: of the practice, or of whom a substitute replaces. No line is left."""
    rows = Appointment.objects.with_details().filter(practice=seat.practice)
    return rows if seat.limited_to is None else rows.filter(event__practitioner__in=seat.limited_to)


def records_of(seat: Seat) -> Any:
    """Those that the seat sees, erased ones too: of the practice, or who has come or comes to whom a
    substitute replaces, or to herself, or has one of them as her own midwife. No line is left."""
    records = seat.practice.patients.all()
    if seat.limited_to is None:
        return records
    comes = Appointment.objects.filter(
        patient=OuterRef("pk"), event__practitioner__in=seat.limited_to
    )
    return records.filter(Q(own_practitioner__in=seat.limited_to) | Exists(comes))


def look_alike(seat: Seat, record: Patient, limit: int, *, now: datetime) -> list[Patient]:
    """Those that she sees and that may be the person of ``record``, saved or not. No line is left."""
    today = now.astimezone(seat.practice.zone).date()
    return alike(record, limit, among=records_of(seat).kept(), today=today)


def sharing_with(seat: Seat, record: Patient, email: str) -> QuerySet[Patient]:
    """Others that she sees and that have this address. No line is left."""
    return sharing(record, email, among=records_of(seat).kept())


def messages_of(seat: Seat, record: Patient) -> Any:
    """What was sent to a patient, as far as the seat sees what it is about. No line is left."""
    rows = Message.objects.filter(patient=record)
    if seat.limited_to is None:
        return rows
    return rows.filter(appointment__event__practitioner__in=seat.limited_to)


def read_records(seat: Seat, *, now: datetime) -> QuerySet[Patient]:
    """The list of patients."""
    note(Act.LISTED, seat, now=now)
    records: QuerySet[Patient] = records_of(seat).kept().select_related("own_practitioner")
    return records


def take_out_records(seat: Seat, *, now: datetime, goes_on: bool = False) -> QuerySet[Patient]:
    """All of them with all that they say, for a file or a program; ``goes_on``: a later page of
    what was begun. Raises `TooOften`."""
    act = Limited.EXPORT_PAGE if goes_on else Limited.EXPORT
    limits.ask(act, seat.user.pk, now=now)
    note(Act.ALL_EXPORTED, seat, now=now)
    records: QuerySet[Patient] = records_of(seat).kept()
    return records


def take_out_record(seat: Seat, record: Patient, *, now: datetime) -> dict[str, Any]:
    """All that Maia knows of one patient. Raises `TooOften`."""
    limits.ask(Limited.EXPORT, seat.user.pk, now=now)
    note(Act.EXPORTED, seat, now=now, patient=record)
    return data_of_patient(record, by_practice=True)


def find_records(seat: Seat, typed: str, limit: int, *, now: datetime) -> list[Patient]:
    """Those that `search_patients` finds. Nothing typed is no search. Raises `TooOften`."""
    if not typed.strip():
        return []
    limits.ask(Limited.SEARCH, seat.user.pk, now=now)
    note(Act.SEARCHED, seat, now=now)
    today = now.astimezone(seat.practice.zone).date()
    return search_patients(records_of(seat).kept(), typed, limit, today=today)


def find_alike(seat: Seat, record: Patient, limit: int, *, now: datetime) -> list[Patient]:
    """Those that may be the person of ``record``, which is being made. Raises `TooOften`."""
    limits.ask(Limited.SEARCH, seat.user.pk, now=now)
    note(Act.SEARCHED, seat, now=now)
    return look_alike(seat, record, limit, now=now)


def find_sharing(
    seat: Seat, record: Patient, email: str, limit: int, *, now: datetime
) -> list[Patient]:
    """Others who have this address already."""
    others = list(sharing_with(seat, record, email)[:limit])
    if others:
        note(Act.SEARCHED, seat, now=now)
    return others


def open_record(seat: Seat, record: Patient, *, now: datetime) -> Patient:
    """The record itself, or one of its appointments with what is written there."""
    note(Act.OPENED, seat, now=now, patient=record)
    return record


def read_agenda(seat: Seat, *, now: datetime) -> Any:
    """The appointments of the practice."""
    note(Act.AGENDA, seat, now=now)
    return appointments_of(seat)


def take_out_appointments(seat: Seat, *, now: datetime, detail: str) -> Any:
    """The appointments of the practice for a file; ``detail``: of which dates. Raises `TooOften`."""
    limits.ask(Limited.EXPORT, seat.user.pk, now=now)
    note(Act.LIST_EXPORTED, seat, now=now, detail=detail)
    return Appointment.objects.with_details().filter(practice=seat.practice)


def notes_of(seat: Seat, row: Patient | Appointment) -> str | None:
    """What the practice wrote on a record or an appointment; None for a seat that reads none."""
    if not seat.reads_notes:
        return None
    return row.practice_notes if isinstance(row, Appointment) else row.notes


def read_messages(seat: Seat, *, now: datetime, of: Patient | None = None) -> Any:
    """What was sent to people; ``of``: to whom they are about, where it is one patient."""
    note(Act.MESSAGES, seat, now=now, patient=of)
    return Message.objects.to_people().filter(practice=seat.practice)
