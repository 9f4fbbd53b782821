"""The whole site under load and under fire: real servers, real clients, real kills."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.messaging.smtp import mail_server
from tests.pace import PATIENCE, busy
from tests.site import running_site

PATIENTS = 200

# Makes what the race needs, in the site's own database, and prints it.
SETUP = """
import json
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from maia.accounts.models import User
from maia.appointments.slots import free_slots, practitioners_for
from maia.patients.models import Patient
from maia.portal.booking import confirm_url
from maia.schedules.models import AppointmentType

type = AppointmentType.objects.get(name="Suivi de grossesse")
cookies = []
for n in range(%d):
    user = User.objects.create_user(f"course{n}@patiente.example", verified=True)
    Patient.objects.create(practice=type.practice, user=user, first_name="Course",
                           last_name=f"Numéro {n}", email=user.email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    cookies.append(session.session_key)
today = timezone.localdate()
found = free_slots(type, practitioners_for(type, today)[:1], today + timedelta(days=7),
                   today + timedelta(days=60), now=timezone.now())
slots = [s for slots in found.values() for s in slots]
print(json.dumps({"cookies": cookies, "urls": [confirm_url(type, s) for s in slots[:40]]}))
"""

COUNT = """
import json
from maia.appointments.models import Appointment, Event
from maia.messaging.models import Message
from django.db.models import Count
mine = Appointment.objects.filter(patient__first_name="Course").exclude(status="cancelled")
events = list(Event.objects.filter(blocking=True).order_by("practitioner_id", "start")
              .values_list("practitioner_id", "start", "end"))
overlaps = sum(a[0] == b[0] and a[2] > b[1] for a, b in zip(events, events[1:]))
messages = dict(Message.objects.exclude(kind="reminder").values_list("status").annotate(n=Count("pk")).order_by())
print(json.dumps({"booked": mine.count(), "overlaps": overlaps, "messages": messages}))
"""


def shell(site, code):
    return json.loads(site.manage("shell", "--no-imports", "-c", code).splitlines()[-1])


def post(base, url, cookie, note=""):
    """One patient's form; status and seconds."""
    token = "x" * 32
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=PATIENCE)
    body = f"csrfmiddlewaretoken={token}&request_key={uuid4()}&note={note}"
    headers = {
        "Cookie": f"sessionid={cookie}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    started = time.monotonic()
    connection.request("POST", url, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.monotonic() - started


@pytest.mark.alone
@pytest.mark.rule("3.4.1")
def test_200_patients_over_http_at_one_slot(tmp_path):
    with running_site(tmp_path, MAIA_WEB_WORKERS="2") as site:
        made = shell(site, SETUP % PATIENTS)
        url = made["urls"][0]
        with ThreadPoolExecutor(PATIENTS) as crowd:
            answers = list(crowd.map(lambda c: post(site.base, url, c), made["cookies"]))
        statuses = Counter(status for status, _ in answers)
        slowest = max(seconds for _, seconds in answers)
        print(f"HTTP: {dict(statuses)}, slowest {slowest:.2f} s")
        assert statuses == {302: 1, 409: PATIENTS - 1}
        # The five seconds are `test_races`': here the crowd and both servers share the cores.
        assert slowest < busy(10)
        counted = shell(site, COUNT)
        assert (counted["booked"], counted["overlaps"]) == (1, 0)
        log = site.log.read_text()
        assert '"status": 500' not in log
        assert "locked" not in log
        assert "deadlock" not in log
        assert "course1@" not in log


def test_ctrl_c_and_sigterm_stop_everything_cleanly(tmp_path):
    for number in (signal.SIGTERM, signal.SIGINT):
        folder = tmp_path / str(int(number))
        folder.mkdir()
        with running_site(folder) as site:
            children = _children(site.process.pid)
            assert len(children) >= 2
            site.process.send_signal(number)
            assert site.process.wait(PATIENCE) == 0, site.log.read_text()
            assert not [pid for pid in children if _alive(pid)]
            assert "Traceback" not in site.log.read_text()


@pytest.mark.rule("3.6.4")
def test_a_killed_worker_loses_nothing_and_sends_nothing_twice(tmp_path):
    """Bookings, one worker after another killed with SIGKILL: each message once, or uncertain."""
    with mail_server() as server:
        email = f"smtp://127.0.0.1:{server.port}"
        settings = {"MAIA_EMAIL_URL": email, "MAIA_WORKER_LEASE_SECONDS": "5"}
        with running_site(tmp_path, **settings) as site:
            made = shell(site, SETUP % 30)
            booked = 0
            for cookie, url in zip(made["cookies"], made["urls"], strict=False):
                booked += post(site.base, url, cookie)[0] == 302
                if booked % 5 == 0:
                    worker = subprocess.Popen(
                        [sys.executable, "-m", "maia", "worker"], env=site.env
                    )
                    time.sleep(1.2)
                    worker.kill()
                    worker.wait()
            assert booked >= 20
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                messages = shell(site, COUNT)["messages"]
                ended = messages.get("sent", 0) + messages.get("uncertain", 0)
                if ended == 2 * booked:
                    break
                time.sleep(1)
        keys = Counter(m["Message-ID"] for m in server.taken)
        print(f"{booked} booked, {messages}, {len(server.taken)} accepted by the mail server")
        waiting = messages.get("queued", 0) + messages.get("sending", 0)
        assert max(keys.values()) == 1
        assert len(keys) + waiting >= 2 * booked - messages.get("uncertain", 0)
        assert sum(messages.values()) == 2 * booked


def _children(pid):
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = [tuple(map(int, line.split())) for line in listing.splitlines()]
    found, wave = [], {pid}
    while wave:
        wave = {child for child, parent in parents if parent in wave}
        found += wave
    return found


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not re.search(r"State:\s+Z", open(f"/proc/{pid}/status").read())
