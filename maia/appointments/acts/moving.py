"""Moving: the old time is kept until the new one is had; and taking a move back."""

from dataclasses import replace
from datetime import datetime, timedelta

from maia.appointments.acts.booking import refuse_unless_free
from maia.appointments.agenda import (
    TOLD,
    By,
    Telling,
    agenda_of,
    is_taken,
    patient_of,
    read_again,
    record,
    refuse_if_over,
    refuse_unless_near,
    refuse_unless_seen,
    save,
)
from maia.appointments.exceptions import (
    AlreadyBegun,
    AlreadyUndone,
    ChangedMeanwhile,
    NotBookable,
    SlotTaken,
    TooLate,
)
from maia.appointments.limits import refuse_beyond
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.appointments.offer import why_not_offered
from maia.appointments.one_place import refuse_if_busy
from maia.appointments.rooms import chosen_of, hold_rooms, may_take, put_into, room_for
from maia.appointments.sites import site_of
from maia.appointments.telling import Spot, overtake
from maia.practices.models import Place, Practitioner, Room
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason
TAKEN_BACK = timedelta(minutes=10)  # for how long the sheet of what has moved offers it


def move_appointment(
    appointment: Appointment,
    start: datetime,
    *,
    by: By,
    now: datetime,
    end: datetime | None = None,
    practitioner: Practitioner | None = None,
    type: AppointmentType | None = None,
    allow_overlap: bool = False,
    place: Place | None = None,
    room: Room | None = None,
    seen: int | None = None,
    telling: Telling = TOLD,
) -> Appointment:
    """Moves it to ``start``, for as long as before or until ``end``, in her agenda or, by the practice,
    in that of ``practitioner``, as another ``type``; or leaves it as it is. Of a time to come nobody has said
    yet who came.

    Another type brings its duration (`lasting`), unless the end is said. On another day or with another
    practitioner it is at the site of the hours there, unless the practice says at which ``place``; as another type it
    stays where it is, if it was at a site. It keeps its room or takes another of its type's (`may_take`), unless the practice says which.

    Raises `AlreadyCancelled`, `TooLate`, `NotBookable`, `SlotTaken`, `RoomTaken`, `NotItsRoom`, `RoomElsewhere`,
    `PatientBusy`, `ImpossibleDate`, `ChangedMeanwhile`, `RecordErased`.
    """
    stands = {appointment.start, appointment.end}
    refuse_unless_near(now, *({start, end or start} - stands))
    there = practitioner or appointment.practitioner
    with agenda_of(appointment.practitioner, there, holding=patient_of(appointment)):
        # The same submission twice is one move: then it is where it is wanted.
        current = read_again(appointment)
        lasts = lasting(current, type)
        is_said = place is not None and not _is_at(current, place)
        there_is = place.pk if place and is_said else current.event.place_id
        wanted = Spot(start, end or start + lasts, there, allow_overlap, there_is)
        stays = wanted.is_same(Spot.of(current)) and type in (None, current.type)
        if stays and room in (None, current.event.room):
            return current
        refuse_unless_seen(current, seen)
        if stays and room is not None:
            chosen_of(may_take(current, hold=True), room, current.event.place_id)
            put_into(current, room, by)
            save(current)
            record(current, HistoryEntry.Action.EDITED, by, now)
            return current
        refuse_if_over(current, now)
        rooms = may_take(current, type, hold=True)
        if by.is_patient:
            if not current.may_change(now):
                raise TooLate
            if current.patient.online_booking_barred:
                raise NotBookable(Reason.BARRED)
            day = start.astimezone(current.practice.zone).date()
            why_not = why_not_offered(current.type, current.practitioner, online=True, day=day)
            if why_not is not None:
                raise NotBookable(why_not)
            refuse_if_busy(current.patient, start, wanted.end, but=[current.event_id])
            refuse_beyond(
                current.type,
                current.practitioner,
                current.patient,
                start,
                now=now,
                but=current.event,
            )
            slot = refuse_unless_free(
                current.type, current.practitioner, start, now=now, without=current.event
            )
            wanted = wanted._replace(place=slot.place)
        elif place or _is_elsewhere(current, wanted, type):
            site = site_of(type or current.type, there, start, place)
            wanted = wanted._replace(place=site)
        rooms = chosen_of(rooms, room, wanted.place)
        _put(current, wanted, rooms, by, now, telling, type=type)
    return current


def _is_elsewhere(appointment: Appointment, wanted: Spot, type: AppointmentType | None) -> bool:
    """Whether it goes where the hours are: another type alone leaves it at its site."""
    zone = appointment.practice.zone
    kinds = {appointment.type.place, (type or appointment.type).place}
    return (
        len(kinds) > 1
        or wanted.practitioner != appointment.practitioner
        or wanted.start.astimezone(zone).date() != appointment.start.astimezone(zone).date()
    )


def _is_at(appointment: Appointment, place: Place) -> bool:
    """What names no site is at the main one."""
    return place.pk == appointment.event.place_id or (
        place.is_main and appointment.event.place_id is None
    )


def site_there(
    appointment: Appointment,
    start: datetime,
    practitioner: Practitioner,
    type: AppointmentType | None,
    place: Place | None = None,
) -> int | None:
    """The key of the site where it would be, unless ``place`` is chosen. One query, or none."""
    if place or _is_elsewhere(appointment, Spot(start, start, practitioner), type):
        return site_of(type or appointment.type, practitioner, start, place)
    return appointment.event.place_id


def lasting(appointment: Appointment, type: AppointmentType | None) -> timedelta:
    """How long it lasts as ``type``, where no end is said: as that type does, unless its end was changed by
    hand before. None: its own type."""
    lasts: timedelta = appointment.duration
    if type is not None and type != appointment.type and lasts == appointment.type.duration:
        return type.duration
    return lasts


def undo_move(
    appointment: Appointment, *, by: By, now: datetime, seen: int, wait: timedelta
) -> Appointment:
    """Back to where the move that made version ``seen`` took it from: start, end and practitioner.

    What the patient was to be told of it is taken back, if it has not left: then she is told nothing.
    Otherwise this is a move like another, told after ``wait``.
    It goes back over what stood over its old time before, and over nothing that came after.
    Raises `ChangedMeanwhile` for a move that is not the last act, `AlreadyUndone` for one taken back;
    `SlotTaken` where its old time has gone meanwhile, `NotBookable`, `AlreadyCancelled`.
    """
    moved = _move_that_made(appointment, seen)
    back = moved.old_practitioner or appointment.practitioner
    with agenda_of(appointment.practitioner, back, holding=patient_of(appointment)):
        moved = _move_that_made(appointment, seen)
        current = read_again(appointment, seen)
        refuse_if_over(current, now)
        spot = Spot.before(moved, Spot.of(current))
        assert spot is not None
        standing = _standing(spot, current.event_id)
        if not set(standing) <= set(moved.old_over or ()):
            raise SlotTaken
        spot = spot._replace(overlap=bool(standing))
        # A drag that went back to the time she knows had nothing to tell; taking it back has.
        tells = moved.tells or moved.owed_from is not None
        rooms = hold_rooms(current.type, moved.old_room_id, current.event.room_id)
        _put(current, spot, rooms, by, now, Telling(tell=tells, wait=wait), undoes=moved)
    return current


def move_to_take_back(appointment: Appointment, now: datetime) -> HistoryEntry | None:
    """The practice's move that was its last act, and is some minutes old at most."""
    try:
        moved = _move_that_made(appointment, appointment.version)
    except ChangedMeanwhile:
        return None
    return moved if now - moved.at <= TAKEN_BACK else None


def leave_untold(appointment: Appointment, *, seen: int) -> Appointment:
    """The patient is told nothing of the move that made version ``seen``, which stands.

    Raises `ChangedMeanwhile`, also where a worker was faster: then she is told.
    """
    with agenda_of(appointment.practitioner):
        current = read_again(appointment, seen)
        moved = HistoryEntry.objects.filter(pk=_move_that_made(current, seen).pk, announced=False)
        if not moved.update(tells=False):
            raise ChangedMeanwhile
    return current


def _standing(spot: Spot, but: int) -> list[int]:
    """The keys of the events in ``spot``, other than ``but``."""
    events = Event.objects.filter(practitioner=spot.practitioner, blocking=True)
    keys = events.touching(spot.start, spot.end).exclude(pk=but).order_by("pk")
    return list(keys.values_list("pk", flat=True))


def _move_that_made(appointment: Appointment, version: int) -> HistoryEntry:
    """By the practice, that says where from, and that nobody has taken back."""
    moves = appointment.history.select_related("old_practitioner", "undone_by").filter(
        made_version=version,
        action=HistoryEntry.Action.MOVED,
        actor=HistoryEntry.Actor.PRACTICE,
        old_end__isnull=False,
        undoes=None,
    )
    moved: HistoryEntry | None = moves.last()
    if moved is None:
        raise ChangedMeanwhile
    if hasattr(moved, "undone_by"):
        raise AlreadyUndone
    return moved


def _put(
    current: Appointment,
    wanted: Spot,
    rooms: list[Room],
    by: By,
    now: datetime,
    telling: Telling,
    undoes: HistoryEntry | None = None,
    type: AppointmentType | None = None,
) -> None:
    """Writes where it stands from now on, and that it has moved. Inside the lock of both agendas.

    ``rooms``: those that it may take there, the best first. Raises `NotBookable` where the other practitioner
    does not offer it, `SlotTaken`, `RoomTaken`, `PatientBusy`, and `AlreadyBegun` for a request.
    """
    event, old = current.event, Spot.of(current)
    old_over = None if by.is_patient else _standing(old, event.pk)
    if current.status == Appointment.Status.UNCONFIRMED and wanted.start <= now:
        raise AlreadyBegun  # it would expire at once
    retyped = type is not None and type != current.type
    if retyped or wanted.practitioner != old.practitioner:
        day = wanted.start.astimezone(current.practice.zone).date()
        why_not = why_not_offered(type or current.type, wanted.practitioner, online=False, day=day)
        if why_not is not None:
            raise NotBookable(why_not)
    taken = is_taken(wanted.practitioner, wanted.start, wanted.end, but=[event.pk])
    if taken and (by.is_patient or not wanted.overlap):
        raise SlotTaken
    if not by.is_patient and not wanted.overlap and undoes is None:
        stood = (old.start, old.end)
        refuse_if_busy(current.patient, wanted.start, wanted.end, but=[event.pk], was=stood)
    old_room = event.room
    if undoes is not None:
        without = undoes.old_room_id is None  # it did before
    elif by.is_patient:
        without = all(room == old_room for room in rooms)  # her type needs none
    else:
        without = wanted.overlap
    event.room = room_for(
        rooms,
        wanted.start,
        wanted.end,
        by=by,
        may_do_without=without,
        but=event.pk,
        site=wanted.place,
    )
    event.start, event.end, event.exclusive = wanted.start, wanted.end, not taken
    event.practitioner, event.place_id = wanted.practitioner, wanted.place
    if type is not None and retyped:
        event.type = type
        event.buffer_before_minutes = type.buffer_before_minutes
        event.buffer_after_minutes = type.buffer_after_minutes
    event.save(
        update_fields=[
            "start", "end", "exclusive", "practitioner", "place", "type", "buffer_before_minutes",
            "buffer_after_minutes", "room",
        ]
    )  # fmt: skip
    said, current.attendance = current.attendance, _attendance(current, wanted, now, undoes)
    current.sequence += 1
    if by.is_patient and current.type.needs_confirmation:
        current.wait_for_a_yes(now)  # nobody has confirmed this time
    save(current, "status", "waits_since", "recalled_at", "sequence", "attendance")
    if not by.is_patient:
        known = overtake(current, old)
        # Back where she believes it to be: there is nothing to tell, unless in words.
        news = bool(telling.words) or retyped or not wanted.is_same(known)
        telling = replace(telling, tell=telling.tell and news)
    record(
        current,
        HistoryEntry.Action.MOVED,
        by,
        now,
        old_start=old.start,
        new_start=wanted.start,
        telling=telling,
        old_end=None if retyped else old.end,  # what it was before is not kept: no way back
        old_practitioner=None if old.practitioner == wanted.practitioner else old.practitioner,
        old_place_id=None if old.place == wanted.place else old.place,
        old_room=old_room,
        old_overlap=old.overlap,
        old_over=old_over,
        old_attendance="" if said == current.attendance else said,
        undoes=undoes,
    )


def _attendance(
    current: Appointment, wanted: Spot, now: datetime, undoes: HistoryEntry | None
) -> str:
    """What is said of who came, there: nothing of a time to come; what was said where a move is taken back."""
    if wanted.start > now:
        return ""
    if undoes is not None and undoes.old_attendance:
        return str(undoes.old_attendance)
    return str(current.attendance)
