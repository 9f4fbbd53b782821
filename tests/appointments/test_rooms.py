"""Rooms and equipment that practitioners share: one uses each at a time (rules 3.3 and 3.8)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.editing import Into, edit_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import Boxes, By
from maia.appointments.exceptions import NotItsRoom, RoomElsewhere, RoomTaken, SlotTaken
from maia.appointments.models import Appointment, Event
from maia.appointments.rooms import rooms_at
from maia.appointments.slots import free_slots, nearest_free
from maia.patients.models import Patient
from maia.practices.models import Place, Practitioner, Room
from maia.schedules.copying import duplicate
from maia.schedules.models import Schedule
from maia.schedules.sites import StillNamed, give_up_place, make_place
from maia.tenants.belonging import rows_of
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type


@pytest.fixture
def ines(practice, anne):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    Schedule.objects.create(practitioner=ines).write(anne.schedule.hours())
    return ines


@pytest.fixture
def room(practice):
    return Room.objects.create(practice=practice, name="Échographe")


def event(type, practitioner, start, end, room=None, **fields):
    return Event.objects.create(
        practice=practitioner.practice,
        practitioner=practitioner,
        type=type,
        kind="appointment",
        start=at(THURSDAY, start),
        end=at(THURSDAY, end),
        room=room,
        **fields,
    )


@pytest.mark.rule("3.4.15")
def test_the_database_itself_refuses_two_in_one_room(follow_up, anne, ines, room, practice):
    first = event(follow_up, anne, "09:00", "10:00", room)
    event(follow_up, ines, "10:00", "10:30", room)  # back to back
    event(follow_up, ines, "09:15", "09:45", room, blocking=False)
    event(follow_up, ines, "09:15", "09:45", Room.objects.create(practice=practice, name="2"))
    other = event(follow_up, ines, "08:00", "09:00", room)
    nowhere = [event(follow_up, who, "15:00", "16:00") for who in (anne, ines)]
    zoe = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    for clash in (("09:59", "10:01"), ("08:00", "12:00"), ("09:15", "09:20")):
        for exclusive in (True, False):  # on purpose neither
            with pytest.raises(IntegrityError, match="room_no_overlap"), transaction.atomic():
                event(follow_up, zoe, *clash, room, exclusive=exclusive)
    for wrong in (
        lambda: Event.objects.filter(pk=first.pk).update(start=at(THURSDAY, "08:45")),
        lambda: Event.objects.filter(pk=other.pk).update(end=at(THURSDAY, "09:15")),
        lambda: Event.objects.filter(pk__in=[one.pk for one in nowhere]).update(room=room),
        lambda: Event.objects.filter(room=room).update(blocking=True),
    ):
        with pytest.raises(IntegrityError, match=r"_no_overlap"), transaction.atomic():
            wrong()
    Event.objects.filter(pk=first.pk).update(start=at(THURSDAY, "09:01"))  # itself is no clash


def test_a_room_with_events_is_not_deleted(follow_up, anne, room):
    event(follow_up, anne, "09:00", "10:00", room, blocking=False)
    with pytest.raises(ProtectedError):
        room.delete()


def test_a_type_is_copied_and_exported_with_its_rooms(practice, room):
    type = make_type(practice)
    type.save_rooms([room])
    copy = duplicate(type, "Copie")
    assert list(copy.rooms.all()) == [room]
    assert rows_of(type.rooms.through, practice).count() == 2
    assert list(rows_of(Room, practice)) == [room]


# --- What is offered, and what is accepted ---

PATIENT, PRACTICE = By.patient(None), By.practice(None)


@pytest.fixture
def scan(practice, room):
    type = make_type(practice, "Échographie", buffer_before_minutes=10, buffer_after_minutes=10)
    type.save_rooms([room])
    return type


def starts(type, *people, without=None):
    found = free_slots(type, people, THURSDAY, THURSDAY, now=NOW, without=without)
    return [f"{s.start.astimezone(type.practice.zone):%H:%M}" for s in found.get(THURSDAY, [])]


def book(type, who, text, by=PATIENT, **fields):
    patient = make_patient(who.practice, f"P{Patient.objects.count()}")
    return book_appointment(type, who, at(THURSDAY, text), patient, by=by, now=NOW, **fields)


@pytest.mark.rule("3.3.8")
def test_a_slot_needs_a_room_that_is_free_whoever_is_in_it(
    scan, follow_up, anne, ines, room, practice
):
    assert starts(scan, anne)[:3] == ["09:00", "09:40", "10:20"]
    made = book(scan, ines, "09:40")  # to 10:10; her buffers do not keep the room
    assert made.event.room == room
    assert starts(scan, anne)[:3] == ["09:00", "10:10", "10:50"]
    assert starts(scan, anne, without=made.event)[:2] == ["09:00", "10:20"]
    assert starts(follow_up, anne)[:2] == ["09:00", "09:30"]  # it needs no room
    cancel_appointment(made, by=PATIENT, now=NOW)
    assert starts(scan, anne)[:2] == ["09:00", "09:40"]
    other = Room.objects.create(practice=practice, name="Salle 2")
    scan.save_rooms([*scan.rooms.all(), other])
    event(follow_up, ines, "09:00", "09:15", room)
    event(follow_up, ines, "09:15", "09:30", other)
    # One after the other they are free, and none of them long enough.
    assert starts(scan, anne)[:2] == ["09:40", "10:20"]
    Room.objects.update(archived=True)
    assert starts(scan, anne)[:2] == ["09:00", "09:40"]


@pytest.mark.rule("3.8.8")
def test_the_first_free_room_in_the_practices_order_is_taken(scan, anne, ines, room, practice):
    first = Room.objects.create(practice=practice, name="Salle 1", position=1)
    gone = Room.objects.create(practice=practice, name="Vendue", archived=True)
    Room.objects.filter(pk=room.pk).update(position=2)
    scan.save_rooms([room, first, gone])
    assert [book(scan, who, "09:00").event.room for who in (anne, ines)] == [first, room]
    zoe = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    Schedule.objects.create(practitioner=zoe).write({THURSDAY.weekday(): [(540, 720)]})
    with pytest.raises(SlotTaken) as refused:
        book(scan, zoe, "09:00")
    assert refused.type is SlotTaken  # patients know nothing of rooms
    with pytest.raises(RoomTaken):
        book(scan, zoe, "09:00", by=PRACTICE)
    made = book(scan, zoe, "09:00", by=PRACTICE, allow_overlap=True)
    assert (made.event.room, made.event.exclusive) == (None, True)
    assert book(scan, zoe, "09:30", by=PRACTICE).event.room == first


def test_an_overlap_on_purpose_takes_another_free_room(scan, anne, room, practice):
    other = Room.objects.create(practice=practice, name="Salle 2", position=9)
    scan.save_rooms([*scan.rooms.all(), other])
    book(scan, anne, "09:00")
    with pytest.raises(SlotTaken):
        book(scan, anne, "09:15", by=PRACTICE)
    made = book(scan, anne, "09:15", by=PRACTICE, allow_overlap=True)
    assert (made.event.room, made.event.exclusive) == (other, False)


@pytest.mark.rule("3.8.9")
def test_a_move_keeps_its_room_where_it_is_free(scan, anne, ines, room, practice):
    other = Room.objects.create(practice=practice, name="Salle 2", position=9)
    scan.save_rooms([*scan.rooms.all(), other])
    made = book(scan, anne, "09:00")
    book(scan, ines, "09:40")

    def move(text, by=PRACTICE, **fields):
        start, now_there = at(THURSDAY, text), Appointment.objects.get(pk=made.pk)
        return move_appointment(now_there, start, by=by, now=NOW, **fields).event.room

    assert move("14:00") == room
    assert move("09:40") == other
    assert move("14:00", by=PATIENT) == other  # free there too
    assert move("14:10", practitioner=ines) == other
    book(scan, anne, "15:20")
    book(scan, ines, "15:20", by=PRACTICE)
    with pytest.raises(RoomTaken):
        move("15:20", practitioner=zoe(practice))
    assert move("15:20", practitioner=zoe(practice), allow_overlap=True) is None
    assert move("16:40") == room


def zoe(practice):
    found = practice.practitioners.filter(first_name="Zoé").first()
    return found or Practitioner.objects.create(
        practice=practice, first_name="Zoé", last_name="Roy"
    )


def test_as_another_type_it_takes_what_that_one_needs(scan, follow_up, anne, ines, room):
    made = book(follow_up, anne, "09:00")
    book(scan, ines, "09:00")
    start = made.start
    with pytest.raises(RoomTaken):
        move_appointment(made, start, type=scan, by=PRACTICE, now=NOW)
    made = move_appointment(made, at(THURSDAY, "14:00"), type=scan, by=PRACTICE, now=NOW)
    assert made.event.room == room
    made = move_appointment(made, made.start, type=follow_up, by=PRACTICE, now=NOW)
    assert made.event.room is None


def test_a_move_that_is_taken_back_has_its_room_again(scan, anne, ines, room, practice):
    other = Room.objects.create(practice=practice, name="Salle 2", position=9)
    scan.save_rooms([*scan.rooms.all(), other])
    made = book(scan, anne, "09:00")
    book(scan, ines, "09:40")
    wait = timedelta(seconds=20)

    def moved():
        return move_appointment(made, at(THURSDAY, "09:40"), by=PRACTICE, now=NOW)

    def undone(moved):
        return undo_move(moved, by=PRACTICE, now=NOW, seen=moved.version, wait=wait)

    there = moved()
    assert there.event.room == other
    assert undone(there).event.room == room
    there = moved()
    event(scan, ines, "09:00", "09:30", room)
    assert undone(there).event.room == other  # somebody came in
    there = moved()
    event(scan, zoe(practice), "09:00", "09:30", other)
    with pytest.raises(SlotTaken):
        undone(there)


def test_a_room_given_by_hand_is_left_where_a_patient_moves_and_it_is_taken(
    follow_up, anne, ines, room
):
    made = book(follow_up, anne, "09:00")
    Event.objects.filter(pk=made.event.pk).update(room=room)
    event(follow_up, ines, "10:00", "11:00", room)
    moved = move_appointment(made, at(THURSDAY, "14:00"), by=PATIENT, now=NOW)
    assert moved.event.room == room
    moved = move_appointment(made, at(THURSDAY, "10:00"), by=PATIENT, now=NOW)
    assert moved.event.room is None


def test_a_booking_in_a_room_takes_at_most_twelve_queries(
    scan, anne, julie, django_assert_max_num_queries
):
    by = PATIENT
    with django_assert_max_num_queries(14):  # with the two marks of its transaction
        book_appointment(scan, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    with django_assert_max_num_queries(1):
        free_slots(scan, [anne], THURSDAY, THURSDAY, now=NOW)


def test_the_same_submission_twice_is_one_appointment_in_its_room(scan, anne, julie):
    key = uuid4()
    made = [
        book_appointment(
            scan, anne, at(THURSDAY, "09:00"), julie, by=PATIENT, now=NOW, request_key=key
        )
        for _once_more in range(2)
    ]
    assert made[0] == made[1]


def test_the_loser_of_the_last_room_is_shown_the_nearest(scan, anne, ines, room):
    book(scan, ines, "09:40")
    with pytest.raises(SlotTaken):
        book(scan, anne, "09:40")
    nearest = nearest_free(scan, [anne], at(THURSDAY, "09:40"), now=NOW, count=1)
    assert [slot.start for slot in nearest] == [at(THURSDAY, "10:10")]


# --- Sites ---


@pytest.fixture
def elsewhere_open(practice, anne):
    """A second site, where Anne is on Thursdays."""
    site = make_place(Place(practice=practice, name="Le Quai"))
    anne.schedule.lines.filter(weekday=THURSDAY.weekday()).update(place=site)
    return site


@pytest.mark.rule("3.8.8")
def test_a_room_of_another_site_is_not_taken(scan, anne, ines, room, practice, elsewhere_open):
    main = practice.places.get(is_main=True)
    Room.objects.filter(pk=room.pk).update(place=main)
    assert starts(scan, anne) == []
    assert starts(scan, ines)[:1] == ["09:00"]  # who is there
    with pytest.raises(SlotTaken):
        book(scan, anne, "09:00")
    with pytest.raises(RoomTaken):
        book(scan, anne, "09:00", by=PRACTICE)
    assert book(scan, anne, "09:00", by=PRACTICE, allow_overlap=True).event.room is None
    Room.objects.filter(pk=room.pk).update(place=elsewhere_open)
    assert book(scan, anne, "10:00", by=PRACTICE).event.room.place == elsewhere_open
    Room.objects.filter(pk=room.pk).update(place=None)
    assert book(scan, ines, "10:30", by=PRACTICE).event.room == room


def test_the_sheet_puts_it_into_no_room_of_another_site(scan, anne, practice, elsewhere_open):
    made = book(scan, anne, "09:00")
    other = Room.objects.create(
        practice=practice, name="Salle 2", place=practice.places.get(is_main=True)
    )
    assert other not in rooms_at(made)
    with pytest.raises(RoomElsewhere):
        edit_appointment(
            made, practice_notes=None, attendance="", boxes=Boxes(email=True, sms=True),
            by=PRACTICE, now=NOW, seen=made.version, into=Into(other),
        )  # fmt: skip


def test_a_site_with_rooms_is_not_given_up(practice, elsewhere_open, anne):
    anne.schedule.lines.update(place=None)
    Room.objects.create(practice=practice, name="Salle 2", place=elsewhere_open)
    with pytest.raises(StillNamed) as refused:
        give_up_place(elsewhere_open, THURSDAY)
    assert refused.value.by == ["Salle 2"]


@pytest.mark.rule("3.8.8")
def test_the_practice_says_which_room(scan, anne, practice, room):
    other, strange = (Room.objects.create(practice=practice, name=name) for name in "23")
    scan.save_rooms([room, other])
    with pytest.raises(NotItsRoom):
        book(scan, anne, "09:00", by=PRACTICE, room=strange)
    made = book(scan, anne, "09:00", by=PRACTICE, room=other)
    assert made.event.room == other
    with pytest.raises(NotItsRoom):
        move_appointment(made, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW, room=strange)
    moved = move_appointment(made, at(THURSDAY, "10:00"), by=PRACTICE, now=NOW, room=room)
    assert moved.event.room == room
