"""Requests expire and are recalled once, however many workers look, and whenever one is killed."""

import subprocess
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import AlreadyCancelled
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.unanswered import follow_requests
from maia.messaging.models import Message
from tests.conftest import THURSDAY, at, make_patient
from tests.faults.test_races import race
from tests.pace import PATIENCE
from tests.workers import environment, start_worker, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)
PRACTICE = By.practice(None)
HALF = timedelta(minutes=30)


def ask_for(practice, type, practitioner, start, many):
    return [
        book_appointment(
            type, practitioner, start + n * HALF, make_patient(practice, f"P{n}", email=f"p{n}@p.example"),
            by=PRACTICE, now=start - timedelta(days=5), unconfirmed=True,
        )
        for n in range(many)
    ]  # fmt: skip


def counted(action):
    return HistoryEntry.objects.filter(action=action).count()


def test_eight_who_look_at_once_expire_and_recall_each_once(practice, follow_up, anne):
    start = at(THURSDAY, "09:00")
    ask_for(practice, follow_up, anne, start, 6)
    look = partial(follow_requests, start + 2 * HALF)
    outcomes, _slowest = race([look] * 8)
    assert outcomes == {"won": 8}
    assert counted("expired") == 3
    assert counted("recalled") == 3


def test_a_yes_at_the_very_start_is_a_yes_or_too_late(practice, follow_up, anne):
    start = at(THURSDAY, "09:00")
    requests = ask_for(practice, follow_up, anne, start, 6)
    now = start + 6 * HALF

    def confirm(one):
        with suppress(AlreadyCancelled):
            confirm_appointment(one, by=PRACTICE, now=now)

    acts = [partial(confirm, one) for one in requests]
    outcomes, _slowest = race([*acts, partial(follow_requests, now), partial(follow_requests, now)])
    assert outcomes == {"won": 8}
    for one in Appointment.objects.all():
        said = set(one.history.values_list("action", flat=True))
        assert said == {"booked", "expired" if one.expired else "confirmed"}
        assert one.event.blocking == (one.status == "confirmed")


def test_workers_that_are_killed_lose_none(practice, follow_up, anne, smtp):
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=4)
    ask_for(practice, follow_up, anne, start, 8)
    connections.close_all()
    env = environment(MAIA_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}")
    for seconds in (0.6, 1.2, 1.8):
        killed = start_worker(env)
        with suppress(subprocess.TimeoutExpired):
            killed.wait(seconds)
        killed.kill()
        killed.wait(PATIENCE)
    work_until_idle(env, workers=2)
    assert counted("expired") == 8
    told = Message.objects.filter(kind="cancelled", recipient="patient")
    assert told.count() == 8
    assert not told.filter(status="queued").exists()
