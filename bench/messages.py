"""10,000 due messages, two workers, local sinks: how many a second, in how much memory.

Run by `bench.run`, which gives it a database. Prints its rows as JSON.
"""

import json
import os
import subprocess
import sys
import time
from datetime import timedelta

from bench.rows import goal
from bench.sinks import start_sinks

PATIENTS, WORKERS = 5_000, 2
MEGABYTES = 150
GOALS = {"sqlite": 150, "postgresql": 300}


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "maia.config.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from maia.messaging.models import Message

    call_command("migrate", verbosity=0)
    sinks = start_sinks()
    fill()
    env = os.environ | {
        "MAIA_EMAIL_URL": f"smtp://127.0.0.1:{sinks['smtp']}",
        "MAIA_SMS_URL": f"smsmode://key@?base=http://127.0.0.1:{sinks['sms']}",
        "MAIA_SMS_A_DAY": "0",
    }
    command = [sys.executable, "-m", "maia", "worker"]
    workers = [
        subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) for _ in range(WORKERS)
    ]
    waiting = Message.objects.filter(status__in=["queued", "sending"])
    at_work = Message.objects.exclude(worker="").values("worker").distinct()
    while at_work.count() < WORKERS:
        time.sleep(0.05)  # they are starting
    before, at_start = time.monotonic(), waiting.count()
    while (left := waiting.count()) and time.monotonic() - before < 300:
        time.sleep(0.2)
    seconds = time.monotonic() - before
    memory = max(_peak_megabytes(worker.pid) for worker in workers)
    for worker in workers:
        worker.terminate()
        worker.wait(30)
    sent = Message.objects.filter(status="sent").count()
    rate = round((at_start - left) / seconds)
    wanted = GOALS[connection.vendor]
    print(
        json.dumps(
            [
                goal("messages sent of 10,000", sent, "", at_least=2 * PATIENTS),
                goal("messages a second, two workers", rate, "/s", at_least=wanted),
                goal("memory of a worker", memory, "MB", at_most=MEGABYTES),
            ]
        )
    )


def fill() -> None:
    """Appointments of 5,000 patients, whose reminders by email and by SMS are due."""
    from django.utils import timezone

    from maia.appointments.models import Appointment, Event
    from maia.messaging.reminders import owe, reminders_of
    from maia.patients.models import Patient
    from maia.practices.models import Practice, Practitioner
    from maia.schedules.models import AppointmentType

    practice = Practice.objects.create(name="Cabinet", slug="bench")
    hers = Practitioner.objects.create(
        practice=practice, first_name="Anne", last_name="Morel", reminder_days_before=7
    )
    type = AppointmentType.objects.create(practice=practice, name="Suivi", duration_minutes=5)
    start, minute = timezone.now() + timedelta(days=1), timedelta(minutes=1)
    patients = Patient.objects.bulk_create(
        [
            Patient(
                practice=practice, first_name="P", last_name=str(n), language="fr",
                email=f"p{n}@patiente.example", mobile=f"+3363998{n:04d}",
            )
            for n in range(PATIENTS)
        ],
        batch_size=1000,
    )  # fmt: skip
    events = Event.objects.bulk_create(
        [
            Event(
                practice=practice, practitioner=hers, kind="appointment", type=type,
                start=start + n * minute, end=start + (n + 1) * minute,
            )
            for n in range(PATIENTS)
        ],
        batch_size=1000,
    )  # fmt: skip
    made = Appointment.objects.bulk_create(
        [
            Appointment(
                practice=practice, event=event, patient=patient, status="confirmed",
                sms_reminder=True,
            )
            for event, patient in zip(events, patients, strict=True)
        ],
        batch_size=1000,
    )  # fmt: skip
    for n in range(0, PATIENTS, 1000):
        since = start - timedelta(days=9)
        owe(r for a in made[n : n + 1000] for r in reminders_of(a, since=since))


def _peak_megabytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        (line,) = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
