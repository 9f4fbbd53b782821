"""Several machines under load, while one after the other dies (issue of scale: nothing is lost)."""

import json
import os
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter

import pytest

from tests.machines.network import CannotMakeNetworks
from tests.machines.rig import Rig, several_machines
from tests.pace import PATIENCE, busy

pytestmark = pytest.mark.alone

SETUP = """
import json
from datetime import timedelta
from django.utils import timezone
from maia.accounts.models import User
from maia.appointments.agenda import (By, Boxes)
from maia.appointments.acts.booking import book_appointment
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType, Schedule
from maia.tokens.issuing import make_token

now = timezone.now()
practice = Practice.objects.create(name="Cabinet", slug="cabinet", time_zone="Europe/Paris",
                                   email="cabinet@maia.example")
type = AppointmentType.objects.create(practice=practice, name="Suivi", duration_minutes=30,
                                      allow_online_booking=True)
team = []
for n in range(3):
    hers = Practitioner.objects.create(practice=practice, first_name="P", last_name=str(n),
                                       email=f"p{n}@maia.example", closed_on_public_holidays=False)
    Schedule.objects.create(practitioner=hers).write(dict.fromkeys(range(7), [(480, 1200)]))
    team.append(hers)
tokens = []
for n in range(1500):
    user = User.objects.create(email=f"load{n}@maia.example")
    Patient.objects.create(practice=practice, user=user, first_name="Load", last_name=str(n),
                           email=user.email)
    tokens.append(make_token(user, "load", now=now)[1])
# Booked long ago for tomorrow: their reminders are due now, by email and by SMS.
for n in range(100):
    patient = Patient.objects.create(practice=practice, first_name="Soon", last_name=str(n),
                                     email=f"soon{n}@maia.example", mobile="+336399801%02d" % n)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=26 + n // 3)
    book_appointment(type, team[n % 3], start, patient, by=By.practice(None),
                     now=now - timedelta(days=9), boxes=Boxes(email=True, sms=True), allow_overlap=True)
first, last = (now + timedelta(days=d) for d in (3, 40))
print(json.dumps({"tokens": tokens, "type": type.pk, "book": "/api/v1/practices/cabinet/appointments",
    "slots": f"/api/v1/practices/cabinet/slots?type={type.pk}&from={first:%Y-%m-%d}&to={last:%Y-%m-%d}"}))
"""

COUNT = """
import json
from collections import Counter
from maia.appointments.models import Appointment, Event
from maia.messaging.models import Message
live = Event.objects.filter(blocking=True, exclusive=True).order_by("practitioner_id", "start")
spans = list(live.values_list("practitioner_id", "start", "end"))
print(json.dumps({
    "overlaps": sum(a[0] == b[0] and a[2] > b[1] for a, b in zip(spans, spans[1:])),
    "booked": [str(uid) for uid in Appointment.objects.filter(patient__first_name="Load")
               .exclude(status="cancelled").values_list("uid", flat=True)],
    "waiting": Message.objects.filter(status__in=["queued", "sending"], due_at__lte=__import__(
        "django.utils.timezone", fromlist=["now"]).now()).count(),
    "sent": list(Message.objects.filter(status="sent", channel="email").values_list("key", flat=True)),
    "sms_sent": Message.objects.filter(status="sent", channel="sms").count(),
    "uncertain": list(Message.objects.filter(status="uncertain").values_list("key", flat=True)),
    "others": dict(Counter(Message.objects.exclude(status="sent").values_list("status", flat=True))),
}))
"""


@pytest.fixture(scope="module")
def rig():
    if not os.environ.get("MAIA_DATABASE_URL", "").startswith("postgres"):
        pytest.skip("several machines are PostgreSQL's")
    try:
        with several_machines() as machines:
            yield machines
    except CannotMakeNetworks as error:
        warnings.warn(f"NO NETWORKS HERE: several machines were not tested ({error})", stacklevel=1)
        pytest.skip(str(error))


def shell(rig, code):
    return json.loads(rig.maia("shell", "--no-imports", "-c", code).splitlines()[-1])


def test_the_machines_are_apart(rig: Rig):
    """The network is what the test believes: no host reaches this machine or the world."""
    with pytest.raises(RuntimeError):
        rig.run(sys.executable, "-c",
                "import socket; socket.create_connection(('127.0.0.1', 22), 1)")  # fmt: skip
    assert (
        subprocess.run(["ip", "-br", "link"], capture_output=True, text=True).stdout.count("switch")
        == 0
    )


def test_nothing_is_lost_while_machines_die(rig: Rig):
    made = shell(rig, SETUP)
    result = {}

    def load():
        result.update(json.loads(rig.run(
            sys.executable, "-m", "tests.machines.load", rig.address, json.dumps(made), "42",
            seconds=2 * PATIENCE,
        )))  # fmt: skip

    loading = threading.Thread(target=load)
    loading.start()
    began = time.time()
    faults = {}

    def at(seconds, what, *acts):
        time.sleep(max(0, began + seconds - time.time()))
        faults[what] = time.time()
        for act in acts:
            act()

    at(6, "a web host dies", rig.hosts["web1"].kill)
    at(12, "it comes back", lambda: rig.start("web1"))
    at(16, "a worker dies", rig.hosts["worker1"].kill)
    at(20, "the other one, too", rig.hosts["worker2"].kill)
    at(22, "both come back", lambda: rig.start("worker1"), lambda: rig.start("worker2"))
    at(26, "PostgreSQL restarts", rig.hosts["db"].kill, lambda: rig.start("db"))
    at(35, "the replica dies", rig.hosts["replica"].kill)
    loading.join()
    report = _judge(faults, result["rows"])
    deadline = time.monotonic() + PATIENCE
    while (counted := shell(rig, COUNT))["waiting"] and time.monotonic() < deadline:
        time.sleep(1)
    print(f"{len(result['booked'])} bookings acknowledged, {report['answers']}")
    for what, seconds in report["recovery"].items():
        print(f"  {what}: {report['errors'][what]} errors, the last one {seconds:.1f} s after")
    taken = rig.taken()
    print(
        f"  {len(taken)} messages arrived, {len(counted['uncertain'])} uncertain, {counted['others']}"
    )

    assert counted["overlaps"] == 0
    assert len(result["booked"]) > 100 / busy(1)
    assert set(result["booked"]) <= set(counted["booked"]), "an acknowledged booking is lost"
    assert report["elsewhere"] == [], "errors while nothing was down"
    assert 500 not in report["answers"], "what is down is said as such"
    assert report["errors"]["a worker dies"] == report["errors"]["the other one, too"] == 0
    assert report["errors"]["the replica dies"] == 0, "the primary answers for it"
    assert report["recovery"]["a web host dies"] < busy(4)
    assert report["recovery"]["PostgreSQL restarts"] < busy(9)
    assert counted["waiting"] == 0
    assert len(counted["uncertain"]) <= 4  # one of each channel, of each worker that was killed
    emails = Counter(row["id"] for row in taken if row["channel"] == "email")
    assert all(times == 1 for times in emails.values()), "a message went twice"
    wanted = {f"<{key.replace(':', '.')}@maia.test>" for key in counted["sent"]}
    assert wanted <= set(emails), "a message is lost that was noted as sent"
    unsure = {f"<{key.replace(':', '.')}@maia.test>" for key in counted["uncertain"]}
    assert set(emails) - wanted <= unsure
    texts = Counter(row["id"] for row in taken if row["channel"] == "sms")
    assert all(times == 1 for times in texts.values())
    assert counted["sms_sent"] <= len(texts) <= counted["sms_sent"] + 2


def _judge(faults, rows):
    """Errors by the fault that they follow: each has a window in which something is down."""
    windows = {
        what: (start, start + (9 if "PostgreSQL" in what else 4)) for what, start in faults.items()
    }
    errors, last, elsewhere = Counter(), {}, []
    for started, took, method, status in rows:
        if status in (200, 201, 409):
            continue
        ended = started + took
        near = [what for what, (start, end) in windows.items() if ended >= start and started <= end]
        if not near:
            elsewhere.append([round(started - min(faults.values()), 1), method, status])
            continue
        errors[near[-1]] += 1
        last[near[-1]] = max(last.get(near[-1], 0), ended - faults[near[-1]])
    return {
        "answers": dict(Counter(status for *_rest, status in rows)),
        "errors": errors,
        "recovery": {what: last.get(what, 0.0) for what in faults},
        "elsewhere": elsewhere,
    }
