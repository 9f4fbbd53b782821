"""*Anyway* in the middle of what others do: question and act are one, and nobody waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.models import Event
from tests.conftest import NOW, THURSDAY, at, make_patient, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("3.4.4")]

BY = By.practice(None)
NEW = "/pro/appointments/new/"


def an_event(whose, time, until):
    start, end = at(THURSDAY, time), at(THURSDAY, until)
    return block_time(whose, start, end, Text("Réunion"), now=NOW, allow_overlap=False)[0]


def in_a_thread(act):
    def run():
        try:
            return act()
        finally:
            connections.close_all()

    return run


def dragging_over(user, event, to):
    """What she does once she has read what it meets; its status."""
    client = signed_in(Client(), user)
    there = {
        "date": "2026-12-03", "time": "14:00", "end": "2026-12-03T15:00", "version": event.version,
        "practitioner": to.pk,
    }  # fmt: skip
    address = reverse("office:move_event", args=[event.pk])
    read = {"allow_overlap": client.post(address, there).json()["mark"]}
    return in_a_thread(lambda: client.post(address, there | read).status_code)


def test_two_events_dragged_crosswise_over_others_both_get_an_answer(team, anne, ines):
    """Each begins in the agenda where the other one ends: both are locked at once, in one order."""
    for _once in range(8):
        for practitioner in (anne, ines):
            an_event(practitioner, "14:00", "15:00")
        left, right = an_event(anne, "09:00", "10:00"), an_event(ines, "09:00", "10:00")
        drags = [
            dragging_over(team["owner"], left, ines),
            dragging_over(team["owner"], right, anne),
        ]
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda drag: drag(), drags))
        # Where one has left, the other met nothing else: it goes as well.
        assert answers == [200, 200]
        Event.objects.all().delete()


@pytest.fixture
def somebody_books(anne, follow_up, practice):
    """Meanwhile: as soon as a request reads what it meets. Says whether it was done before the answer."""
    iris, done, threads, was_first = make_patient(practice, "Iris"), [], [], []

    def book():
        start = at(THURSDAY, "09:10")
        book_appointment(follow_up, anne, start, iris, by=BY, now=NOW, allow_overlap=True)
        done.append("Iris")

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if 'ORDER BY "appointments_event"."start" ASC LIMIT' in sql and not threads:
            threads.append(Thread(target=in_a_thread(book)))
            threads[0].start()
            threads[0].join(1)  # where it need not wait it takes a twentieth of that
            was_first.extend(done)
        return answer

    def while_(post):
        with connection.execute_wrapper(watch):
            answer = post()
        (thread,) = threads
        thread.join(60)
        assert done
        return answer, bool(was_first)

    return while_


def test_nobody_books_between_the_question_of_a_note_and_its_save(
    owner, anne, follow_up, practice, julie, somebody_books
):
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=BY, now=NOW)
    zoe = make_patient(practice, "Zoé")
    typed = {
        "request_key": "8c8f9a2e-0000-4000-8000-000000000001", "patient": zoe.pk,
        "type": follow_up.pk, "practitioner": anne.pk, "date": "2026-12-03", "time": "09:00",
    }  # fmt: skip
    read = {"allow_overlap": owner.post(NEW, typed).context["mark"]}
    answer, was_first = somebody_books(lambda: owner.post(NEW, typed | read))
    assert (answer.status_code, was_first) == (302, False)


def test_nobody_books_between_the_question_of_a_move_and_its_save(
    owner, anne, follow_up, practice, julie, somebody_books
):
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=BY, now=NOW)
    zoe = make_patient(practice, "Zoé")
    eleven = book_appointment(follow_up, anne, at(THURSDAY, "11:00"), zoe, by=BY, now=NOW)
    there = {
        "date": "2026-12-03", "time": "09:00", "practitioner": anne.pk, "version": eleven.version,
    }  # fmt: skip
    address = reverse("office:move", args=[eleven.pk])
    read = {"allow_overlap": owner.post(address, there).context["mark"]}
    answer, was_first = somebody_books(lambda: owner.post(address, there | read))
    assert (answer.status_code, was_first) == (302, False)
