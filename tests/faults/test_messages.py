"""Messages whatever fails: workers killed again and again, a provider away for an hour."""

import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from maia.appointments.models import Appointment, Event
from maia.messaging.models import Message
from maia.messaging.reminders import owe, reminders_of
from maia.messaging.worker import work_once
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from tests.conftest import NOW, make_type
from tests.pace import PATIENCE
from tests.workers import environment, start_worker

pytestmark = pytest.mark.django_db(transaction=True)

PATIENTS, WORKERS, A_FEW = 250, 4, 20
RUNNING = threading.Event()


def due_reminders(practice, practitioner, patients, start):
    """Each patient has an appointment and both boxes ticked; its reminders were due hours ago."""
    type = make_type(practice)
    people = Patient.objects.bulk_create(
        Patient(
            practice=practice,
            first_name="P",
            last_name=str(n),
            email=f"p{n}@patiente.example",
            mobile=f"+3363998{n:04d}",
            language="fr",
        )
        for n in range(patients)
    )
    minute = timedelta(minutes=1)
    events = Event.objects.bulk_create(
        Event(
            practice=practice, practitioner=practitioner, kind="appointment", type=type,
            start=start + n * minute, end=start + (n + 1) * minute,
        )
        for n in range(patients)
    )  # fmt: skip
    made = Appointment.objects.bulk_create(
        Appointment(
            practice=practice, event=event, patient=patient, status="confirmed", sms_reminder=True
        )
        for event, patient in zip(events, people, strict=True)
    )
    owe(r for a in made for r in reminders_of(a, since=start - timedelta(days=9)))


def left():
    return Message.objects.filter(status__in=["queued", "sending"]).count()


def test_five_hundred_messages_four_workers_one_killed_every_second(practice, anne, smtp, sms):
    """Every second in which some got through: on a slow machine, starting one takes several."""
    Practitioner.objects.filter(pk=anne.pk).update(reminder_days_before=7)
    anne.refresh_from_db()
    due_reminders(practice, anne, PATIENTS, timezone.now() + timedelta(days=2))
    assert left() == 2 * PATIENTS
    env = environment(
        MAIA_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
        MAIA_SMS_URL=f"smsmode://key@?base={sms.base}",
        MAIA_SMS_A_DAY="0",
        MAIA_WORKER_LEASE_SECONDS="5",
    )
    started, killed, before = time.monotonic(), 0, 0
    workers = [start_worker(env) for _ in range(WORKERS)]
    try:
        while left() and time.monotonic() - started < 3 * PATIENCE:
            time.sleep(1)
            through = len(smtp.taken) + len(sms.taken)
            if through < before + A_FEW:
                continue  # those that live are still starting
            before = through
            oldest = workers.pop(0)
            oldest.kill()
            oldest.wait()
            killed += 1
            workers.append(start_worker(env))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    seconds = time.monotonic() - started
    accepted = Counter(m["To"] for m in smtp.taken)
    accepted.update("+" + m["body"]["recipient"]["to"] for m in sms.taken)
    statuses = Counter(Message.objects.values_list("status", flat=True))
    print(
        f"{2 * PATIENTS} messages, {killed} workers killed, {seconds:.0f} s: "
        f"{sum(accepted.values())} accepted, {dict(statuses)}"
    )
    assert killed >= 2
    assert left() == 0  # none lost
    assert set(statuses) <= {"sent", "uncertain"}
    assert max(accepted.values()) == 1  # none twice
    for to, status in Message.objects.values_list("to", "status"):
        assert accepted[to] == 1 or status == "uncertain", to


def test_a_provider_away_for_an_hour_then_back(practice, anne, julie, smtp, sms):
    """Simulated time, a look every thirty seconds, as one worker and then another would."""
    for n in range(90):
        due = NOW + timedelta(minutes=n % 60, seconds=n)
        patient = Patient.objects.get_or_create(
            practice=practice, first_name="P", last_name=str(n % 30), email=f"p{n % 30}@x.example",
            mobile=f"+336399800{n % 30:02d}",
        )[0]  # fmt: skip
        for channel in ("email", "sms"):
            Message.objects.create(
                practice=practice, practitioner=anne, patient=patient, kind="test",
                recipient="practitioner", channel=channel, key=f"k{n}{channel}",
                due_at=due, try_after=due,
            )  # fmt: skip
    anne.phone = "+33639980009"
    anne.save()
    smtp.mood = sms.mood = "later"
    order = defaultdict(list)
    seen, tries = set(), 0
    for half_minute in range(4 * 60):
        now = NOW + timedelta(seconds=30 * half_minute)
        if half_minute == 2 * 60:
            tries = sms.asked
            assert smtp.taken == sms.taken == []
            smtp.mood = sms.mood = "take"
        while work_once(f"worker{half_minute % 2}", lambda now=now: now, RUNNING):
            sent = Message.objects.filter(status="sent").order_by("sent_at", "pk")
            for message in sent.exclude(pk__in=seen):
                seen.add(message.pk)
                order[message.patient_id, message.channel].append(message.due_at)
        if len(seen) == 180:
            break
    back = now - NOW - timedelta(hours=1)
    print(f"180 messages, down for 60 min: all sent {back} after it was back, {tries} SMS tries")
    assert len(seen) == 180
    assert (len(smtp.taken), len(sms.taken)) == (90, 90)
    assert all(times == sorted(times) for times in order.values())
    assert back <= timedelta(minutes=35)  # the longest wait between two tries
    assert tries < 60  # it was left alone meanwhile


BOOK_AND_DIE = """
import os
from datetime import timedelta
from django.utils import timezone
from maia.appointments.agenda import (By)
from maia.appointments.acts.booking import book_appointment
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType
start = (timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
book_appointment(AppointmentType.objects.get(), Practitioner.objects.get(), start,
                 Patient.objects.get(), by=By.practice(None), now=timezone.now())
os.kill(os.getpid(), 9)
"""


@pytest.mark.rule("3.6.1")
def test_killed_between_the_commit_and_the_first_delivery_it_is_delivered_on_restart(
    practice, anne, follow_up, julie, smtp
):
    env = environment(MAIA_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}")
    command = [sys.executable, "-m", "maia", "shell", "--no-imports", "-c", BOOK_AND_DIE]
    assert subprocess.run(command, env=env, timeout=PATIENCE, check=False).returncode == -9
    connections.close_all()
    assert Appointment.objects.count() == 1
    assert not Message.objects.exists()
    assert start_worker(env, "--until-idle").wait(PATIENCE) == 0
    (mail,) = smtp.taken
    assert mail["To"] == "julie@patiente.example"


def test_sigterm_finishes_the_message_in_hand_and_puts_the_rest_back(practice, anne, smtp, sms):
    Practitioner.objects.filter(pk=anne.pk).update(reminder_days_before=7)
    anne.refresh_from_db()
    due_reminders(practice, anne, 200, timezone.now() + timedelta(days=2))
    env = environment(
        MAIA_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
        MAIA_SMS_URL=f"smsmode://key@?base={sms.base}",
        MAIA_SMS_A_DAY="0",
    )
    worker = start_worker(env)
    deadline = time.monotonic() + PATIENCE
    while not smtp.taken and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert not Message.objects.filter(status="sending").exists()
    assert not Message.objects.filter(status="queued").exclude(lease_until=None).exists()
    taken = len(smtp.taken) + len(sms.taken)
    assert 0 < taken == Message.objects.filter(status="sent").count()
    assert left() == 400 - taken
