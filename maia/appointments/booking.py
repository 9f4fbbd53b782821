"""Book, move, cancel: the only place where the agenda changes, and the only transaction.

Each opens it, locks the practitioner's row, asks the rules again, and writes the event, the
appointment and the history entry together. Bookings of one practitioner so happen one after the
other, on one host or twenty; the database's own constraint stands behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from maia.accounts.models import User
from maia.appointments.constraints import NO_OVERLAP
from maia.appointments.exceptions import (
    AlreadyCancelled,
    ChangedMeanwhile,
    ImpossibleDate,
    NotBookable,
    RequestReused,
    SlotTaken,
    TooLate,
)
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.appointments.offer import why_not_offered
from maia.appointments.slots import free_slots, may_just_have_gone
from maia.availability.bounds import is_in_bounds
from maia.patients.addresses import Address
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason


@dataclass(frozen=True)
class By:
    """Who acts. A patient's acts obey the online rules, the practice's do not."""

    actor: HistoryEntry.Actor
    user: User | None = None

    @classmethod
    def patient(cls, user: User | None) -> Self:
        """``user`` is None when she came through an appointment's personal link."""
        return cls(HistoryEntry.Actor.PATIENT, user)

    @classmethod
    def practice(cls, user: User | None) -> Self:
        return cls(HistoryEntry.Actor.PRACTICE, user)

    @property
    def is_patient(self) -> bool:
        return self.actor == HistoryEntry.Actor.PATIENT


@dataclass(frozen=True)
class Boxes:
    """The two boxes of the appointment sheet: whether emails and a reminder by SMS go out."""

    email: bool
    sms: bool


def book_appointment(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    patient: Patient,
    *,
    by: By,
    now: datetime,
    note: str = "",
    request_key: UUID | None = None,
    boxes: Boxes | None = None,
    allow_overlap: bool = False,
    unconfirmed: bool = False,
) -> Appointment:
    """Takes the time that starts at ``start`` (an aware instant). Rule 3.4.

    Everything else is computed here. The same ``request_key`` again gives the same appointment.
    A patient gets what is offered online. The practice gets any time that is free, and with
    ``allow_overlap``, asked for on purpose, one that is not; ``unconfirmed``, it only holds the
    time.
    Raises `NotBookable`, `SlotTaken`, `ImpossibleDate`, `RecordErased`, and `RequestReused` for a
    key that booked something else.
    """
    refuse_unless_known(start)
    end = start + type.duration
    # Who has lost already is told so without queueing for the lock.
    if by.is_patient:
        made_before = Appointment.objects.filter(patient=patient, request_key=request_key)
        events = made_before.values("event") if request_key is not None else None
        if is_taken(practitioner, start, end, but=events):
            raise SlotTaken
    with agenda_of(practitioner, holding=patient):
        if request_key is not None:
            made = _made_by(request_key, patient)
            if made is not None:
                if (made.type, made.practitioner, made.start) != (type, practitioner, start):
                    raise RequestReused
                return made
        taken = False
        why_not = why_not_offered(type, practitioner, online=by.is_patient)
        if why_not is not None:
            raise NotBookable(why_not)
        if by.is_patient:
            _refuse_person(type, patient, now)
            _refuse_unless_free(type, practitioner, start, now=now)
        elif is_taken(practitioner, start, end):
            if not allow_overlap:
                raise SlotTaken
            taken = True
        event = Event.objects.create(
            practice=practitioner.practice,
            practitioner=practitioner,
            kind=Event.Kind.APPOINTMENT,
            type=type,
            start=start,
            end=end,
            buffer_before_minutes=type.buffer_before_minutes,
            buffer_after_minutes=type.buffer_after_minutes,
            exclusive=not taken,
        )
        boxes = boxes or Boxes(email=True, sms=type.send_sms_reminder)
        waits = type.needs_confirmation if by.is_patient else unconfirmed
        appointment: Appointment = Appointment.objects.create(
            practice=practitioner.practice,
            event=event,
            patient=patient,
            status=Appointment.Status.UNCONFIRMED if waits else Appointment.Status.CONFIRMED,
            booked_online=by.is_patient,
            note=note,
            email_reminder=boxes.email,
            sms_reminder=boxes.sms,
            request_key=request_key,
            created_at=now,
        )
        _record(appointment, HistoryEntry.Action.BOOKED, by, now, new_start=start)
    return appointment


def move_appointment(
    appointment: Appointment,
    start: datetime,
    *,
    by: By,
    now: datetime,
    end: datetime | None = None,
    allow_overlap: bool = False,
    seen: int | None = None,
) -> Appointment:
    """Moves it to ``start``, for as long as before or until ``end``, or leaves it where it is.

    Raises `AlreadyCancelled`, `TooLate`, `NotBookable`, `SlotTaken`, `ImpossibleDate`,
    `ChangedMeanwhile`, `RecordErased`.
    """
    refuse_unless_known(start, end or start)
    with agenda_of(appointment.practitioner, holding=patient_of(appointment)):
        current = _read_again(appointment, seen)
        event, old_start = current.event, current.start
        end = end or start + current.duration
        if (start, end) == (event.start, event.end):
            return current
        if current.status == Appointment.Status.CANCELLED:
            raise AlreadyCancelled
        if by.is_patient:
            if not current.may_change(now):
                raise TooLate
            if current.patient.online_booking_barred:
                raise NotBookable(Reason.BARRED)
            why_not = why_not_offered(current.type, current.practitioner, online=True)
            if why_not is not None:
                raise NotBookable(why_not)
            _refuse_unless_free(current.type, current.practitioner, start, now=now, without=event)
        taken = is_taken(current.practitioner, start, end, but=[event.pk])
        if taken and (by.is_patient or not allow_overlap):
            raise SlotTaken
        event.start, event.end, event.exclusive = start, end, not taken
        event.save(update_fields=["start", "end", "exclusive"])
        current.sequence += 1
        if by.is_patient and current.type.needs_confirmation:
            current.status = Appointment.Status.UNCONFIRMED  # nobody has confirmed this time
        _save(current, "status", "sequence")
        _record(current, HistoryEntry.Action.MOVED, by, now, old_start=old_start, new_start=start)
    return current


def cancel_appointment(
    appointment: Appointment, *, by: By, now: datetime, seen: int | None = None
) -> Appointment:
    """Cancels it and frees its time; cancelled already, nothing happens.

    Raises `TooLate`, `ChangedMeanwhile`.
    """
    with agenda_of(appointment.practitioner):
        current = _read_again(appointment)
        if current.status == Appointment.Status.CANCELLED:
            return current
        _refuse_unless_seen(current, seen)
        if by.is_patient and not current.may_change(now):
            raise TooLate
        waited = current.status == Appointment.Status.UNCONFIRMED
        current.status = Appointment.Status.CANCELLED
        current.sequence += 1
        _save(current, "status", "sequence")
        if current.event.kind == Event.Kind.APPOINTMENT:
            current.event.blocking = False
            current.event.save(update_fields=["blocking"])
        acts = HistoryEntry.Action
        _record(current, acts.CANCELLED, by, now, old_start=current.start, of_request=waited)
    return current


def confirm_appointment(appointment: Appointment, *, by: By, now: datetime) -> Appointment:
    """Confirms one that waits; confirmed already, nothing happens. Raises `AlreadyCancelled`."""
    with agenda_of(appointment.practitioner):
        current = _read_again(appointment)
        if current.status == Appointment.Status.CANCELLED:
            raise AlreadyCancelled
        if current.status == Appointment.Status.UNCONFIRMED:
            current.status = Appointment.Status.CONFIRMED
            current.sequence += 1
            _save(current, "status", "sequence")
            _record(current, HistoryEntry.Action.CONFIRMED, by, now, new_start=current.start)
    return current


def unconfirm_appointment(
    appointment: Appointment, *, by: By, now: datetime, seen: int
) -> Appointment:
    """Back to waiting: it keeps its time and owes no reminder. The patient is told nothing.

    Raises `AlreadyCancelled`, `ChangedMeanwhile`.
    """
    with agenda_of(appointment.practitioner):
        current = _read_again(appointment, seen)
        if current.status == Appointment.Status.CANCELLED:
            raise AlreadyCancelled
        if current.status == Appointment.Status.CONFIRMED:
            current.status = Appointment.Status.UNCONFIRMED
            current.sequence += 1
            _save(current, "status", "sequence")
            _record(current, HistoryEntry.Action.EDITED, by, now)
    return current


def edit_appointment(
    appointment: Appointment,
    *,
    practice_notes: str | None,
    attendance: str,
    boxes: Boxes,
    by: By,
    now: datetime,
    seen: int,
) -> Appointment:
    """What the practice writes on the sheet; neither its time nor its status.

    ``practice_notes`` is None where they stay as they are. ``seen`` is the version on the page
    that is saved. Raises `ChangedMeanwhile`, and `RecordErased` for notes on nobody.
    """
    about_her = patient_of(appointment) if practice_notes else None
    with agenda_of(appointment.practitioner, holding=about_her):
        current = _read_again(appointment, seen)
        notes = current.practice_notes if practice_notes is None else practice_notes
        wanted = (notes, attendance, boxes.email, boxes.sms)
        fields = ("practice_notes", "attendance", "email_reminder", "sms_reminder")
        if wanted != tuple(getattr(current, field) for field in fields):
            came = Appointment.Attendance.ATTENDED
            has_come = attendance == came and current.attendance != came
            for field, value in zip(fields, wanted, strict=True):
                setattr(current, field, value)
            _save(current, *fields)
            action = HistoryEntry.Action.ATTENDED if has_come else HistoryEntry.Action.EDITED
            _record(current, action, by, now)
    return current


def refuse_unless_known(*instants: datetime) -> None:
    """Nothing stands in the agenda of a year that nobody lives in. Raises `ImpossibleDate`."""
    if not all(map(is_in_bounds, instants)):
        raise ImpossibleDate


@contextmanager
def agenda_of(practitioner: Practitioner, *, holding: Patient | None = None) -> Iterator[None]:
    """Nobody else changes her agenda inside; a clash that the database sees is `SlotTaken`.

    ``holding``: a patient whose appointments are counted inside, or get one more or a word more.
    Her record is held first, always: she may book with two practitioners at once, and be erased
    meanwhile. Raises `RecordErased`.
    """
    try:
        with transaction.atomic():
            if holding is not None:
                held = Patient.objects.hold(holding.pk)
                holding.online_booking_barred = held.online_booking_barred
            # Without the lock, overlapping starts deadlock on PostgreSQL. SQLite has one writer.
            Practitioner.objects.select_for_update().only("pk").get(pk=practitioner.pk)
            yield
    except IntegrityError as error:
        if NO_OVERLAP.is_broken_by(error):
            raise SlotTaken from error
        raise


def is_taken(
    practitioner: Practitioner, start: datetime, end: datetime, *, but: Any = None
) -> bool:
    """Whether an event of hers stands in ``[start, end)``, other than those of ``but``: keys, or
    rows of one column of keys.

    In the order of the index, by end: of a bare "is there any", PostgreSQL believes that half of
    all events fit, and so reads them all, years of them, whenever none does.
    """
    met = practitioner.events.filter(blocking=True, start__lt=end, end__gt=start)
    others = met if but is None else met.exclude(pk__in=but)
    return others.order_by("end").values_list("pk").first() is not None


def _refuse_person(type: AppointmentType, patient: Patient, now: datetime) -> None:
    if patient.online_booking_barred:
        raise NotBookable(Reason.BARRED)
    if type.known_patients_only and not is_known(patient, now):
        raise NotBookable(Reason.KNOWN_PATIENTS_ONLY)
    if type.asks_address and not Address.of(patient).is_complete:
        raise NotBookable(Reason.NO_ADDRESS)
    ahead = patient.appointments.upcoming(now).filter(booked_online=True)
    if ahead.count() >= type.practice.max_open_bookings:
        raise NotBookable(Reason.TOO_MANY)


def is_known(patient: Patient, now: datetime) -> bool:
    """Whether the practice made her record, or has seen her: who did not come is not known yet
    (rule 3.2)."""
    missed = Q(status=Appointment.Status.CANCELLED) | Q(attendance=Appointment.Attendance.NO_SHOW)
    seen = patient.appointments.exclude(missed)
    return patient.origin == Patient.Origin.PRACTICE or seen.filter(event__end__lte=now).exists()


def _refuse_unless_free(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    *,
    now: datetime,
    without: Event | None = None,
) -> None:
    day = start.astimezone(type.practice.zone).date()
    if _is_free(type, practitioner, start, day, now, without):
        return
    window = type.policy_for(practitioner).window(now, type.practice.zone)
    if day > window.last_date:
        raise NotBookable(Reason.TOO_FAR)
    if not window.opens(day) or not window.allows(start):
        raise NotBookable(Reason.TOO_SOON)
    if _is_free(type, practitioner, start, day, None, without):  # after the evening cut-off
        raise NotBookable(Reason.TOO_SOON)
    if may_just_have_gone(type, practitioner, start, without):
        raise SlotTaken
    raise NotBookable(Reason.NOT_OFFERED)


def _is_free(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    day: date,
    now: datetime | None,
    without: Event | None,
) -> bool:
    days = free_slots(type, [practitioner], day, day, now=now, without=without)
    return any(slot.start == start for slot in days.get(day, []))


def patient_of(appointment: Appointment) -> Patient:
    """Whose it is now: two records may have become one since it was read."""
    return Patient.objects.get(appointments=appointment.pk)


def _made_by(request_key: UUID, patient: Patient) -> Appointment | None:
    mine = Appointment.objects.with_details().filter(patient=patient, request_key=request_key)
    found: Appointment | None = mine.first()
    return found


def _read_again(appointment: Appointment, seen: int | None = None) -> Appointment:
    current: Appointment = Appointment.objects.with_details().get(pk=appointment.pk)
    _refuse_unless_seen(current, seen)
    return current


def _refuse_unless_seen(current: Appointment, seen: int | None) -> None:
    if seen is not None and seen != current.version:
        raise ChangedMeanwhile


def _save(current: Appointment, *fields: str) -> None:
    current.version += 1
    current.save(update_fields=["version", *fields])


def _record(
    appointment: Appointment,
    action: HistoryEntry.Action,
    by: By,
    now: datetime,
    *,
    old_start: datetime | None = None,
    new_start: datetime | None = None,
    of_request: bool | None = None,
) -> None:
    """``of_request``: None for whatever it is now."""
    waits = appointment.status == Appointment.Status.UNCONFIRMED
    HistoryEntry.objects.create(
        appointment=appointment,
        action=action,
        actor=by.actor,
        user=by.user,
        at=now,
        old_start=old_start,
        new_start=new_start,
        of_request=waits if of_request is None else of_request,
    )
