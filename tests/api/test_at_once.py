"""What others do between two statements of one request: it does all that it was asked, or nothing. In
threads with a connection of their own, on both databases."""

from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from django.db import connection, connections

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.agenda import Boxes, By
from maia.appointments.exceptions import BookingRefused
from maia.appointments.models import Appointment
from maia.schedules.models import Absence
from tests.conftest import NOW, THURSDAY, at, make_patient

pytestmark = pytest.mark.django_db(transaction=True)
PRACTICE = By.practice(None)


@contextmanager
def somebody(act, after):
    """Does ``act`` as soon as a statement comes after the first one that says ``after``; where it has to
    wait for the request, when that has ended."""
    threads, said = [], []

    def run():
        try:
            act()
        finally:
            connections.close_all()

    def watch(execute, sql, params, many, context):
        if said and not threads:
            threads.append(Thread(target=run))
            threads[0].start()
            threads[0].join(1)
        answer = execute(sql, params, many, context)
        if after in sql:
            said.append(sql)
        return answer

    with connection.execute_wrapper(watch):
        yield
    (thread,) = threads
    thread.join(60)
    assert not thread.is_alive()


def test_an_absence_names_all_that_it_covers(owner, anne, follow_up, practice):
    """Nobody books between the question and the act."""
    body = {"start": "2026-12-03T08:00:00+01:00", "end": "2026-12-03T12:00:00+01:00"}
    patient, done, was_there = make_patient(practice, "Lina"), [], []

    def book():
        book_appointment(follow_up, anne, at(THURSDAY, "09:30"), patient, by=PRACTICE, now=NOW)
        done.append("Lina")
        was_there.append(Absence.objects.exists())

    with somebody(book, after='FROM "appointments_appointment"'):
        assert owner.call("POST", "office/absences", body).status_code == 201
    assert (done, was_there) == (["Lina"], [True])


def a_request(anne, follow_up, julie):
    start = at(THURSDAY, "09:30")
    return book_appointment(follow_up, anne, start, julie, by=PRACTICE, now=NOW, unconfirmed=True)


def test_a_yes_and_notes_are_one_act(owner, anne, follow_up, julie):
    asked = a_request(anne, follow_up, julie)

    def edit():
        now = Appointment.objects.with_details().get()
        with suppress(BookingRefused):  # told, as she is on her page
            edit_appointment(
                now, practice_notes=None, attendance="", boxes=Boxes(email=False, sms=False),
                by=PRACTICE, now=NOW, seen=now.version,
            )  # fmt: skip

    body = {"status": "confirmed", "notes": "Dossier relu"}
    with somebody(edit, after='INSERT INTO "appointments_historyentry"'):
        answer = owner.call("PATCH", f"office/appointments/{asked.uid}", body)
    assert answer.status_code == 200
    now = Appointment.objects.get()
    assert (now.status, now.practice_notes) == ("confirmed", "Dossier relu")
