"""Everything heavy at the same time: patients who book notice nothing, and nothing is lost."""

import contextlib
import io
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from PIL import Image

from tests.faults.test_site import shell
from tests.faults.test_slow_clients import asked, begun, connect
from tests.office.patients.test_import import chosen
from tests.pace import PATIENCE, busy
from tests.pages import Shown
from tests.site import running_site

pytestmark = pytest.mark.alone
IDLE, SLOW, LINES = 1000, 4, 5000
BOMB = b"""BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Nowhere
BEGIN:STANDARD
DTSTART:19700101T000000
RRULE:FREQ=SECONDLY
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
%sEND:VCALENDAR
""" % b"".join(
    b"BEGIN:VEVENT\nUID:%d\nDTSTART;TZID=Nowhere:19700101T000000\nDURATION:PT1S\n"
    b"RRULE:FREQ=SECONDLY\nEND:VEVENT\n" % n
    for n in range(3000)
)


class Calendar(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar")
        self.send_header("Content-Length", str(len(BOMB)))
        self.end_headers()
        self.wfile.write(BOMB)

    def log_message(self, *args):
        pass


@pytest.fixture
def calendar():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Calendar)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/bomb.ics"
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(tmp_path):
    with running_site(tmp_path, MAIA_ALLOWED_NETWORKS="127.0.0.0/8") as site:
        yield site


class Camille(requests.Session):
    """The owner of the demo, in a browser without scripts."""

    def __init__(self, site):
        super().__init__()
        self.base = site.base
        self.send_form(
            "/accounts/login/", {"login": "camille@lilas.example", "password": "maia-demo"}
        )

    def page(self, path):
        answer = self.get(f"{self.base}{path}", timeout=PATIENCE)
        answer.raise_for_status()
        return answer.text

    def send_form(self, path, fields, **files):
        """What the page's form shows, and these fields."""
        shown = Shown(self.page(path))
        answer = self.post(
            f"{self.base}{path}", {**shown.values, **fields}, files=files, timeout=PATIENCE
        )
        assert answer.status_code < 400, answer.text[:2000]
        return answer


def logo():
    content = io.BytesIO()
    Image.new("RGB", (3300, 2500), "#7a4f9a").save(content, "PNG")
    return content.getvalue()


def patients():
    lines = (f"Nom{n};Prénom{n};p{n}@patiente.example;06 39 98 {n // 100:02} {n % 100:02}" for n in range(LINES))  # fmt: skip
    return "\n".join(["Nom;Prénom;E-mail;Portable", *lines]).encode("cp1252")


def waited(what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not (result := what()):
        assert time.monotonic() < deadline, "nothing became of it"
        time.sleep(0.3)
    return result


def import_everybody(camille):
    sent = camille.send_form("/pro/patients/import/", {}, file=("liste.csv", patients()))
    path = sent.url.removeprefix(camille.base)
    page = waited(lambda: (p := camille.page(path)) and 'name="existing"' in p and p)
    camille.send_form(path, {**chosen(page), "import": "1"})


def test_a_bomb_of_each_kind_at_once_and_the_booking_page_under_a_second(site, calendar):
    asked(site)
    camille = Camille(site)
    practitioner = re.search(r"/pro/settings/practitioners/(\d+)/", camille.page("/pro/settings/"))
    calendars = f"/pro/settings/practitioners/{practitioner[1]}/calendars/"
    waits, over = [], threading.Event()

    def look():
        while not over.is_set():
            waits.append(asked(site))
            time.sleep(0.1)

    with contextlib.ExitStack() as clients, ThreadPoolExecutor(6) as threads:
        for _ in range(IDLE):
            clients.enter_context(connect(site))
        for _ in range(SLOW):
            clients.enter_context(connect(site, begun("/cabinet-des-lilas/", 50_000)))
        lookers = [threads.submit(look) for _ in range(2)]
        heavy = [
            threads.submit(camille.send_form, calendars, {"name": "Hôpital", "url": calendar}),
            threads.submit(import_everybody, Camille(site)),
            threads.submit(
                Camille(site).send_form, "/pro/settings/practice/", {}, new_logo=("l.png", logo())
            ),
        ]
        for done in heavy:
            done.result(timeout=PATIENCE)
        waited(lambda: shell(site, COUNT)["records"] >= LINES)
        over.set()
        for looker in lookers:
            looker.result()
    waits.sort()
    print(
        f"{len(waits)} looks at the booking page meanwhile: median {waits[len(waits) // 2]:.2f} s, "
        f"slowest {waits[-1]:.2f} s"
    )
    assert waits[int(len(waits) * 0.99) - 1] < busy(1)
    told = shell(site, COUNT)
    assert told["imported"] == LINES
    assert told["unfinished"] == 0
    page = waited(lambda: (p := camille.page(calendars)) and "Lecture en cours" not in p and p)
    assert "Hôpital" in page
    assert "/media/" in camille.page("/cabinet-des-lilas/")  # the logo, drawn smaller
    assert "Traceback" not in site.log.read_text()


COUNT = """
import json
from maia.jobs.models import Job
from maia.patients.models import Patient
imported = Patient.objects.filter(last_name__startswith="Nom", email__startswith="p")
print(json.dumps({"records": Patient.objects.count(), "imported": imported.count(),
                  "unfinished": Job.objects.filter(state__in=["waiting", "running"]).count()}))
"""
