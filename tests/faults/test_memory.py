"""The largest that each door takes or refuses, sent to a real site: no process grows by 200 MB for it."""

import contextlib
import io
import json
import os
import random
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest
import requests
from PIL import Image

from tests.faults.test_all_at_once import Camille, waited
from tests.office.patients.test_import import chosen
from tests.pace import PATIENCE
from tests.pages import Shown
from tests.site import running_site

pytestmark = [
    pytest.mark.xdist_group("memory"),  # one site
    pytest.mark.once,  # what a file does before any row is written
    pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="Linux says it"),
]
MOST = 200_000  # kB
EVERY = 0.02  # seconds
FORM = "application/x-www-form-urlencoded"


class Watch:
    """The memory of a site's processes, and of every child that they start meanwhile."""

    def __init__(self, site):
        self.root = site.process.pid
        self.at_first, self.most = {}, {}
        self.over = threading.Event()

    def __enter__(self):
        for pid in self.processes():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # its peak is what it has now
            self.at_first[pid] = self.peak(pid)
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()

    def look(self):
        while not self.over.wait(EVERY):
            self.look_once()
        self.look_once()

    def look_once(self):
        commands = {}
        for pid in self.processes():
            commands[pid] = self.command(pid)  # before its peak: an exec begins a new one
            if pid in self.at_first or commands[pid] not in list(commands.values())[:-1]:
                self.most[pid] = max(self.most.get(pid, 0), self.peak(pid))

    def processes(self):
        """Its own and all below it."""
        below = [self.root]
        for pid in below:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with contextlib.suppress(OSError):  # it has just ended
                    below += map(int, children.read_text().split())
        return below

    @staticmethod
    def command(pid):
        """Until a child has become another program, it shows its parent's memory and command."""
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""

    @staticmethod
    def peak(pid):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return 0
        lines = dict(line.split(":", 1) for line in status.splitlines())
        return int(lines.get("VmHWM", "0 kB").split()[0])

    @property
    def grown(self):
        """kB of each process."""
        return {pid: most - self.at_first.get(pid, 0) for pid, most in self.most.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("memory")) as site:
        yield site


@pytest.fixture(scope="module")
def camille(site):
    camille = Camille(site)
    camille.send_form("/pro/settings/practice/", {}, new_logo=("l.png", picture((640, 240))))
    return camille


def grown(site, what, send):
    """Sends it, and holds every process to its bound. What was answered."""
    with Watch(site) as watch:
        answer = send()
    largest = max(watch.grown.values())
    print(f"{largest / 1000:6.0f} MB  {what}: {answer}")
    assert largest < MOST, what
    return answer


def picture(size, mode="RGB", kind="PNG", **options):
    """Of few bytes and many pixels."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(content, kind, **options)
    return content.getvalue()


PICTURES = {
    "as many pixels as are taken": lambda: picture((3400, 2500), "RGBA"),
    "a long one": lambda: picture((650, 13_000), "RGBA"),
    "too many pixels": lambda: picture((12_000, 9_000)),
    "a progressive photograph": lambda: picture((3400, 2500), "CMYK", "JPEG", progressive=True),
    "WebP": lambda: picture((3400, 2500), "RGBA", "WEBP", method=0),
    "many pictures in one": lambda: picture(
        (3400, 2500), "P", "GIF", save_all=True, append_images=[Image.new("P", (3400, 2500), 9)] * 9
    ),
    "bytes behind a picture": lambda: picture((640, 240)) + os.urandom(10_000_000),
}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/pro/settings/practice/", "new_logo"),
        ("/pro/settings/practitioners/1/", "new_photo"),
    ],
)
def test_a_picture(site, camille, path, field):
    shown = Shown(camille.page(path)).values
    for name, make in PICTURES.items():
        files = {field: ("p", make())}
        grown(
            site,
            name,
            lambda files=files: (
                camille.post(camille.base + path, shown, files=files, timeout=PATIENCE).status_code
            ),
        )


def csv_of_names():
    """As many bytes, lines and cells as are taken, nearly."""
    words = [f"Mot{n:05}" for n in range(1000)]
    lines = ["Nom;Prénom;E-mail;Remarque " + ";Remarque ".join(map(str, range(1, 38)))]
    pick = random.Random(1).choice
    for n in range(20_000):
        notes = ";".join(pick(words) for _ in range(37))
        lines.append(f"Nom{n};Prénom{n};p{n}@patiente.example;{notes}")
    return "\n".join(lines).encode()[:9_990_000]


def workbook(rows, columns):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Nom", "Prénom", "E-mail", *(f"Remarque {n}" for n in range(columns - 3))])
    for n in range(rows):
        notes = [f"Mot{n * columns + at}" for at in range(columns - 3)]
        sheet.append([f"Nom{n}", f"Prénom{n}", f"p{n}@patiente.example", *notes])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bomb(part, open_, row, close, most=149_000_000):
    """A workbook that is small until one part of it is unpacked."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(1, 4))) as plain,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in plain.namelist():
            if name != part:
                archive.writestr(name, plain.read(name))
        archive.writestr(part, open_ + row * ((most - len(open_ + close)) // len(row)) + close)
    return content.getvalue()


_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
LISTS = {
    "CSV": csv_of_names,
    "CSV of commas": lambda: b"Nom;Pr\xc3\xa9nom\n" + b";" * 9_900_000,
    "CSV of short lines": lambda: b"Nom;Pr\xc3\xa9nom\n" + b"a\n" * 4_900_000,
    "CSV, a cell": lambda: b"Nom;Pr\xc3\xa9nom\n" + b"a" * 9_900_000,
    "XLSX": lambda: workbook(5_000, 40),
    "XLSX, a bomb of empty rows": lambda: bomb(
        SHEET, b"<worksheet %s><sheetData>" % _MAIN, b"<row/>", b"</sheetData></worksheet>"
    ),
    "XLSX, a bomb of cells": lambda: bomb(
        SHEET,
        b"<worksheet %s><sheetData><row>" % _MAIN,
        b"<c/>",
        b"</row></sheetData></worksheet>",
    ),
    "XLSX, a bomb of strings": lambda: bomb(
        "xl/sharedStrings.xml", b"<sst %s>" % _MAIN, b"<si><t>a</t></si>", b"</sst>"
    ),
    "XLSX, a bomb of styles": lambda: bomb(
        "xl/styles.xml", b"<styleSheet %s><cellXfs>" % _MAIN, b"<xf/>", b"</cellXfs></styleSheet>"
    ),
    "XLSX, more than is unpacked": lambda: bomb(SHEET, b"", b" " * 1000, b"", 160_000_000),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_patients(site, camille, name):
    content = LISTS[name]()

    def send():
        sent = camille.send_form("/pro/patients/import/", {}, file=("liste", content))
        path = sent.url.removeprefix(camille.base)
        page = waited(lambda: (p := camille.page(path)) and "En cours" not in p and p)
        if 'name="existing"' not in page:
            return "refused"
        if name == "CSV":
            camille.send_form(path, {**chosen(page), "import": "1"})
            waited(lambda: "En cours" not in camille.page(path), 180)
        return "read"

    grown(site, f"{name}, {len(content) / 1e6:.1f} MB", send)


def test_bodies(site, camille):
    token = site.manage("token", "camille@lilas.example").split()[-1]
    script = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    fields = "&".join(f"f{n}=1" for n in range(1_100_000))[:10_500_000]
    few = "&".join(f"f{n}=1" for n in range(40_000))[:299_000]
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(180_000))  # fmt: skip
    deep = "[" * 145_000 + "]" * 145_000
    office, page, api = "/pro/settings/practice/", "/accounts/login/", "/api/v1/office/appointments"
    for what, path, headers, body in (
        ("multipart of 150 MB", office, {"Content-Type": "multipart/form-data; boundary=x"}, b"x" * 150_000_000),
        ("multipart of 150 MB, a patient's", page, {"Content-Type": "multipart/form-data; boundary=x"}, b"x" * 150_000_000),
        ("a multipart of parts", office, {"Content-Type": "multipart/form-data; boundary=x"}, parts[:10_900_000]),
        ("a million fields", office, {"Content-Type": FORM}, fields),
        ("fields of 300 kB", page, {"Content-Type": FORM}, few),
        ("JSON of 2 MB", api, script, json.dumps({"note": "a" * 2_000_000})),
        ("JSON of 300 kB", api, script, json.dumps({"note": ["a"] * 40_000})),
        ("deep JSON", api, script, deep),
        ("deep JSON to the office", office, {"Content-Type": "application/json"}, deep),
    ):  # fmt: skip
        status = grown(
            site, what, lambda path=path, h=headers, b=body: sent(site, path, h, b, camille)
        )
        assert 400 <= status < 500, what
    assert "Traceback" not in site.log.read_text()


def sent(site, path, headers, body, camille):
    cookies = {} if "Authorization" in headers else camille.cookies
    try:
        answer = requests.post(
            site.base + path, body, headers=headers, cookies=cookies, timeout=PATIENCE
        )
    except requests.ConnectionError:  # refused while it was still being sent
        return 413
    return answer.status_code
