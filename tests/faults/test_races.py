"""Two hundred patients in twenty real processes want one slot, or overlapping ones, at once."""

import gc
import multiprocessing
import threading
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment, undo_move
from maia.appointments.agenda import Boxes, By, Telling
from maia.appointments.exceptions import SlotTaken
from maia.appointments.models import Appointment, Event
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.worker import work_once
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner, Room
from maia.schedules.models import AppointmentType, Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.pace import PATIENCE, busy

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.alone,
]
BY = By.patient(None)
PATIENTS, THREADS = 200, 10
WAIT = timedelta(seconds=20)
FORK = multiprocessing.get_context("fork")


def race(acts, threads=THREADS):
    """All acts at once, ten threads a process as a web worker has: Counter of outcomes, slowest."""
    gc.freeze()  # what is loaded stays shared by the forks
    connections.close_all()  # a connection does not survive a fork
    gate = FORK.Barrier(len(acts))
    answers = FORK.SimpleQueue()
    shares = [acts[n : n + threads] for n in range(0, len(acts), threads)]
    workers = [FORK.Process(target=_work, args=(s, gate, answers), daemon=True) for s in shares]
    for worker in workers:
        worker.start()
    results = [answers.get() for _ in acts]
    for worker in workers:
        worker.join(PATIENCE)
    outcomes = Counter(outcome for outcome, _ in results)
    slowest = max(seconds for _, seconds in results)
    print(
        {outcome.splitlines()[-1]: n for outcome, n in outcomes.items()}, f"slowest {slowest:.2f} s"
    )
    return outcomes, slowest


def _work(acts, gate, answers):
    with ThreadPoolExecutor(THREADS) as threads:
        for answer in threads.map(lambda act: _run(act, gate), acts):
            answers.put(answer)


def _run(act, gate):
    Practice.objects.first()  # a running server is connected already
    gate.wait(PATIENCE)
    started = time.monotonic()
    try:
        act()
        outcome = "won"
    except SlotTaken:
        outcome = "SlotTaken"
    except Exception:
        outcome = traceback.format_exc()
    seconds = time.monotonic() - started
    connections.close_all()
    return outcome, seconds


def booking(type, practitioner, start, patient):
    return lambda: book_appointment(type, practitioner, start, patient, by=BY, now=NOW)


def moving(appointment, start):
    return lambda: move_appointment(appointment, start, by=BY, now=NOW)


def cancelling(appointment):
    return lambda: cancel_appointment(appointment, by=BY, now=NOW)


def patients(practice, count):
    return Patient.objects.bulk_create(
        Patient(practice=practice, first_name=f"Patiente {n}", last_name="P") for n in range(count)
    )


@pytest.fixture(autouse=True)
def warm(practice, anne, follow_up):
    """As a server that has booked before: libraries loaded, queries compiled."""
    made = booking(
        follow_up, anne, at(THURSDAY + timedelta(days=20), "09:00"), make_patient(practice)
    )()
    Event.objects.filter(appointments=made).delete()


def blocking_events():
    return list(Event.objects.filter(blocking=True).order_by("start"))


def assert_no_overlap():
    events = blocking_events()
    assert all(a.end <= b.start for a, b in zip(events, events[1:], strict=False))
    return events


def test_200_at_one_slot_one_wins(practice, anne, follow_up):
    start = at(THURSDAY, "09:30")
    everybody = patients(practice, PATIENTS)
    outcomes, slowest = race([booking(follow_up, anne, start, p) for p in everybody])
    assert outcomes == {"won": 1, "SlotTaken": PATIENTS - 1}
    assert slowest < busy(5)
    assert len(blocking_events()) == Appointment.objects.count() == 1


def test_200_staggered_overlapping_starts(practice, anne):
    quick = make_type(practice, minutes=30, slot_step_minutes=5)
    starts = [at(THURSDAY, "14:00") + timedelta(minutes=5 * (n % 43)) for n in range(PATIENTS)]
    everybody = patients(practice, PATIENTS)
    outcomes, slowest = race(
        [booking(quick, anne, s, p) for s, p in zip(starts, everybody, strict=True)]
    )
    events = assert_no_overlap()
    assert outcomes == {"won": len(events), "SlotTaken": PATIENTS - len(events)}
    assert slowest < busy(5)
    # Whoever lost had lost to a winner: every start overlaps one.
    length = quick.duration
    assert all(any(e.start < s + length and e.end > s for e in events) for s in starts)


def test_moves_cancels_and_bookings_together(practice, anne, follow_up):
    wanted = at(THURSDAY, "09:30")
    early = [THURSDAY + timedelta(days=n) for n in range(1, 8)]
    times = ["09:00", "10:00", "11:00", "14:00", "15:00", "16:00"]
    made = [
        book_appointment(follow_up, anne, at(day, text), make_patient(practice), by=BY, now=NOW)
        for day in early
        for text in times
    ]
    holder = book_appointment(follow_up, anne, wanted, make_patient(practice), by=BY, now=NOW)
    movers = [moving(a, wanted) for a in made]
    bookers = [booking(follow_up, anne, wanted, p) for p in patients(practice, 60)]
    outcomes, slowest = race([*movers, *bookers, *[cancelling(holder)] * 10])
    assert set(outcomes) <= {"won", "SlotTaken"}
    assert slowest < busy(5)
    events = assert_no_overlap()
    holder.refresh_from_db()
    assert holder.status == "cancelled"
    assert holder.history.filter(action="cancelled").count() == 1
    # Ten cancel the same thing without complaint; at most one other takes what they freed.
    assert 10 <= outcomes["won"] <= 11
    moved = [a for a in made if Appointment.objects.get(pk=a.pk).start == wanted]
    at_slot = [e for e in events if e.start == wanted]
    assert len(at_slot) == outcomes["won"] - 10
    assert len(events) == len(made) + len(at_slot) - len(moved)


def test_the_constraint_alone_would_hold(practice, anne, follow_up):
    """Without the lock and the recheck: raw inserts from many processes."""

    def insert():
        Event.objects.create(
            practice=practice,
            practitioner=anne,
            type=AppointmentType.objects.get(pk=follow_up.pk),
            kind="appointment",
            start=at(THURSDAY, "09:30"),
            end=at(THURSDAY, "10:00"),
        )

    outcomes, _slowest = race([insert] * 50)
    assert outcomes["won"] == 1
    assert len(blocking_events()) == 1
    others = [o for o in outcomes if o != "won"]
    assert all("event_no_overlap" in o or "deadlock" in o for o in others)


@pytest.mark.rule("3.4.15")
def test_200_at_one_room_one_wins(practice, anne):
    """With ten practitioners, whose agendas do not meet."""
    room = Room.objects.create(practice=practice, name="Échographe")
    scan = make_type(practice, "Échographie")
    scan.save_rooms([room])
    team = [anne]
    for n in range(9):
        one = Practitioner.objects.create(practice=practice, first_name=f"Inès {n}", last_name="H")
        Schedule.objects.create(practitioner=one).write(anne.schedule.hours())
        team.append(one)
    start = at(THURSDAY, "09:30")
    everybody = enumerate(patients(practice, PATIENTS))
    outcomes, _slowest = race([booking(scan, team[n % 10], start, p) for n, p in everybody])
    assert outcomes == {"won": 1, "SlotTaken": PATIENTS - 1}
    (event,) = blocking_events()
    assert event.room == room


def test_two_rooms_at_once_are_both_taken(practice, anne):
    """Whoever finds the first one gone takes the second: nobody loses while one is free."""
    scan = make_type(practice, "Échographie")
    scan.save_rooms(Room.objects.create(practice=practice, name=f"Salle {n}") for n in range(2))
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="H")
    Schedule.objects.create(practitioner=ines).write(anne.schedule.hours())
    start = at(THURSDAY, "09:30")
    everybody = enumerate(patients(practice, 40))
    outcomes, _slowest = race([booking(scan, (anne, ines)[n % 2], start, p) for n, p in everybody])
    assert outcomes == {"won": 2, "SlotTaken": 38}
    assert len({event.room_id for event in blocking_events()}) == 2


def undoing_against_a_worker(moved, now):
    """One process announces and sends, another takes the drag back, at once."""

    def undo():
        undo_move(moved, by=By.practice(None), now=now, seen=moved.version, wait=WAIT)

    def announces():
        announce(now)

    race([undo, announces], threads=1)


def test_a_worker_and_an_undo_at_once_tell_twice_or_nothing(practice, anne, follow_up, smtp):
    """Whoever is first: she never reads of a time that is not hers as the last word."""
    for turn in range(10):
        patient = make_patient(practice, f"P{turn}", email=f"p{turn}@patiente.example")
        start = at(THURSDAY, "09:00") + timedelta(hours=turn)
        by = By.practice(None)
        made = book_appointment(
            follow_up, anne, start, patient, by=by, now=NOW, boxes=Boxes(email=True, sms=False)
        )
        announce(NOW)
        moved = move_appointment(
            made, start + timedelta(minutes=30), by=by, now=NOW, telling=Telling(wait=WAIT)
        )
        undoing_against_a_worker(moved, NOW + WAIT)
        for later in (NOW + 2 * WAIT, NOW + 4 * WAIT):
            while work_once("test", partial(_at, later), threading.Event()):
                pass
        made.refresh_from_db()
        assert made.event.start == start
        told = Message.objects.filter(appointment=made, kind="moved", status="sent")
        assert [m.occurrence for m in told.order_by("pk")] in (
            [],
            [start + timedelta(minutes=30), start],
        )


def _at(now):
    return now
