"""Taking a time: one transaction in her agenda, which `agenda` opens and locks, in which the rules are asked
again and the event, the appointment and the history entry are written together."""

from datetime import date, datetime
from uuid import UUID

from maia.appointments.agenda import (
    TOLD,
    Boxes,
    By,
    Telling,
    agenda_of,
    is_taken,
    record,
    refuse_unless_near,
)
from maia.appointments.exceptions import (
    AlreadyBegun,
    NotBookable,
    RequestReused,
    SlotTaken,
)
from maia.appointments.known import is_known
from maia.appointments.limits import refuse_beyond, why_full
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.appointments.offer import why_not_offered
from maia.appointments.one_place import refuse_if_busy
from maia.appointments.rooms import all_are_taken, chosen_of, hold_rooms, room_for
from maia.appointments.sites import site_of
from maia.appointments.slots import Slot, free_slots, may_just_have_gone
from maia.patients.addresses import Address
from maia.patients.models import Patient
from maia.practices.models import Place, Practitioner, Room
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason


def book_appointment(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    patient: Patient,
    *,
    by: By,
    now: datetime,
    end: datetime | None = None,
    note: str = "",
    practice_notes: str = "",
    request_key: UUID | None = None,
    boxes: Boxes | None = None,
    allow_overlap: bool = False,
    unconfirmed: bool = False,
    place: Place | None = None,
    room: Room | None = None,
    telling: Telling = TOLD,
) -> Appointment:
    """Takes the time that starts at ``start`` (an aware instant). Rule 3.4.

    Everything else is computed here, but the ``end`` where the practice says another one. The same ``request_key`` again gives the same appointment.
    A patient gets what is offered online, and nothing while she is elsewhere. The practice gets any
    time that is free, and with ``allow_overlap``, asked for on purpose, one that is not, of hers, of
    the patient's, or of the rooms that the type needs; ``unconfirmed``, it only holds the time; ``place`` is the
    site that it chose, none: that of her hours; ``room`` likewise, none: the first that is free.
    Raises `NotBookable`, `SlotTaken`, `RoomTaken`, `NotItsRoom`, `RoomElsewhere`, `PatientBusy`, `ImpossibleDate`, `RecordErased`, `AlreadyBegun`, and `RequestReused` for a
    key that booked something else.
    """
    end = start + type.duration if end is None or by.is_patient else end
    refuse_unless_near(now, start, end)
    # Who has lost already is told so without queueing for the lock.
    if by.is_patient:
        made_before = Appointment.objects.filter(patient=patient, request_key=request_key)
        events = made_before.values("event") if request_key is not None else None
        gone = is_taken(practitioner, start, end, but=events)
        if gone or all_are_taken(type, start, end, but=events):
            refuse_if_busy(patient, start, end, but=events)  # perhaps by herself
            raise SlotTaken
    with agenda_of(practitioner, holding=patient):
        if request_key is not None:
            made = _made_by(request_key, patient)
            if made is not None:
                if (made.type, made.practitioner, made.start) != (type, practitioner, start):
                    raise RequestReused
                return made
        taken = False
        day = start.astimezone(practitioner.practice.zone).date()
        why_not = why_not_offered(type, practitioner, online=by.is_patient, day=day)
        if why_not is not None:
            raise NotBookable(why_not)
        rooms = hold_rooms(type)
        if by.is_patient:
            _refuse_person(type, practitioner, patient, now)
            refuse_if_busy(patient, start, end)
            refuse_beyond(type, practitioner, patient, start, now=now)
            site = refuse_unless_free(type, practitioner, start, now=now).place
        elif is_taken(practitioner, start, end):
            if not allow_overlap:
                raise SlotTaken
            taken = True
        elif not allow_overlap:
            refuse_if_busy(patient, start, end)
        if not by.is_patient:
            site = site_of(type, practitioner, start, place)
        on_purpose = allow_overlap and not by.is_patient
        rooms = chosen_of(rooms, room, site)
        taken_room = room_for(rooms, start, end, by=by, may_do_without=on_purpose, site=site)
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
            place_id=site,
            room=taken_room,
        )
        boxes = boxes or Boxes(email=True, sms=type.send_sms_reminder)
        waits = type.needs_confirmation if by.is_patient else unconfirmed
        if waits and start <= now:
            raise AlreadyBegun
        appointment: Appointment = Appointment.objects.create(
            practice=practitioner.practice,
            event=event,
            patient=patient,
            status=Appointment.Status.UNCONFIRMED if waits else Appointment.Status.CONFIRMED,
            booked_online=by.is_patient,
            note=note,
            practice_notes=practice_notes,
            email_reminder=boxes.email,
            sms_reminder=boxes.sms,
            request_key=request_key,
            created_at=now,
            waits_since=now if waits else None,
        )
        record(appointment, HistoryEntry.Action.BOOKED, by, now, new_start=start, telling=telling)
    return appointment


def _refuse_person(
    type: AppointmentType, practitioner: Practitioner, patient: Patient, now: datetime
) -> None:
    if patient.online_booking_barred:
        raise NotBookable(Reason.BARRED)
    if type.known_patients_only and not is_known(patient, now):
        raise NotBookable(Reason.KNOWN_PATIENTS_ONLY)
    if type.asks_address and not Address.of(patient).is_complete:
        raise NotBookable(Reason.NO_ADDRESS)
    if type.asks_address and not practitioner.serves(patient.postcode):
        raise NotBookable(Reason.NOT_SERVED)
    ahead = patient.appointments.upcoming(now).filter(booked_online=True)
    if ahead.count() >= type.practice.max_open_bookings:
        raise NotBookable(Reason.TOO_MANY)


def refuse_unless_free(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    *,
    now: datetime,
    without: Event | None = None,
) -> Slot:
    """What is offered then."""
    day = start.astimezone(type.practice.zone).date()
    slot = _free_at(type, practitioner, start, day, now, without)
    if slot is not None:
        return slot
    window = type.policy_for(practitioner).window(now, type.practice.zone)
    if day > window.last_date:
        raise NotBookable(Reason.TOO_FAR)
    if not window.opens(day) or not window.allows(start):
        raise NotBookable(Reason.TOO_SOON)
    full = why_full(type, practitioner, start, without)
    if full is not None:
        raise full
    if _free_at(type, practitioner, start, day, None, without):
        # On a day that takes others, she fills her days; else it is after the evening cut-off.
        others = free_slots(type, [practitioner], day, day, now=now, without=without)
        raise NotBookable(Reason.NOT_OFFERED if others else Reason.TOO_SOON)
    if may_just_have_gone(type, practitioner, start, without):
        raise SlotTaken
    raise NotBookable(Reason.NOT_OFFERED)


def _free_at(
    type: AppointmentType,
    practitioner: Practitioner,
    start: datetime,
    day: date,
    now: datetime | None,
    without: Event | None,
) -> Slot | None:
    days = free_slots(type, [practitioner], day, day, now=now, without=without)
    return next((slot for slot in days.get(day, []) if slot.start == start), None)


def _made_by(request_key: UUID, patient: Patient) -> Appointment | None:
    mine = Appointment.objects.with_details().filter(patient=patient, request_key=request_key)
    found: Appointment | None = mine.first()
    return found
