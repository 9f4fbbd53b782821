"""The operator's guide followed to the letter, by its own text, on a machine that boots systemd.

Every ``sh`` block of its sections is run as it stands, in order; its examples of values are made true
here (a name in a hosts file, a certificate, a mail server), so that nothing has to be written otherwise.
"""

import json
import re
import ssl
import subprocess
import time
from pathlib import Path

import pytest
import trustme

from tests.guide.machine import CannotBoot, Machine, layers
from tests.guide.reading import typed_blocks
from tests.guide.visitor import MAIL, NAME, Visitor, code_in, letter, provider
from tests.pace import PATIENCE

pytestmark = [pytest.mark.xdist_group("guide"), pytest.mark.long, pytest.mark.once]

CODE = Path(__file__).parents[2]
CERTIFICATE = f"/etc/letsencrypt/live/{NAME}"
# What a practitioner would give in her settings: hours, and a type.
HOURS = """
from maia.practices.models import Practice
from maia.schedules.models import AppointmentType, Schedule
practice = Practice.objects.get(slug="tilleuls")
schedule, _ = Schedule.objects.get_or_create(practitioner=practice.practitioners.get())
schedule.write(dict.fromkeys(range(7), [(480, 1200)]))
AppointmentType.objects.create(
    practice=practice, name="Suivi", duration_minutes=30, allow_online_booking=True)
print(practice.name, "$HOME", "${PATH}")
"""
COUNT = """
from maia.appointments.models import Appointment
print(Appointment.objects.count())
"""
MODES = "find /var/lib/maia /var/backups/maia -printf '%m %u %y %p\\n'"


@pytest.fixture(scope="module")
def prepared(capfd_disabled):
    """The guide's programs and code, installed once for all machines of this module."""
    typed = typed_blocks()
    packages = [
        line
        for block in typed
        for line in block.commands.splitlines()
        if line.startswith("apt-get")
    ]
    first = [block.commands for block in typed if block.heading.startswith("1. ")]
    try:
        with layers() as made:
            made.prepare(CODE, f"{NAME} {MAIL}", "\n".join([*first, *packages]))
            yield made
    except CannotBoot as error:
        capfd_disabled(f"\n!!! NO MACHINE BOOTS HERE: the guide was not followed ({error}) !!!\n")
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def capfd_disabled(request):
    manager = request.config.pluginmanager.getplugin("capturemanager")

    def say(words):
        with manager.global_and_fixture_disabled():
            print(words)

    return say


class Reader:
    """Somebody who types what the guide says, and looks at what comes of it."""

    def __init__(self, machine: Machine, authority: trustme.CA, folder: Path) -> None:
        self.machine = machine
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.typed = typed_blocks()
        self._trust(authority)

    def type(self, heading: str) -> list[str]:
        """All blocks under ``heading``, which begins so; what each printed."""
        blocks = [block for block in self.typed if block.heading.startswith(heading)]
        assert blocks, heading
        self.typed = [block for block in self.typed if block not in blocks]
        return [self.machine.run(block.commands) for block in blocks]

    def _trust(self, authority: trustme.CA) -> None:
        """What certbot would have brought, and an authority that this machine knows."""
        folder = self.machine.root / CERTIFICATE.lstrip("/")
        folder.mkdir(parents=True)
        certificate = authority.issue_cert(NAME)
        certificate.cert_chain_pems[0].write_to_path(folder / "fullchain.pem")
        certificate.private_key_pem.write_to_path(folder / "privkey.pem")
        there = self.machine.root / "usr/local/share/ca-certificates/maia-guide.crt"
        there.write_bytes(self.authority.read_bytes())
        self.machine.run("update-ca-certificates 2>/dev/null")

    def health(self) -> dict[str, object]:
        said = self.machine.run(f"curl --silent https://{NAME}/healthz")
        return json.loads(said)

    def maia(self, *words: str) -> str:
        return self.machine.run(
            "maia " + " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        )


@pytest.fixture
def world(prepared, tmp_path, request):
    """A machine that has just been installed, on a network where its mail server is."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(MAIL).configure_cert(context)
    with prepared.booted("maia-guide") as machine, machine.network(), provider(context) as mail:
        yield Reader(machine, authority, tmp_path), mail


def book(visitor, mail, email, first, last):
    """A newcomer takes the first free time; her appointment's personal link."""
    visitor.get("/tilleuls/")
    assert visitor.status == 200
    slot = re.search(r'class="slot"[^>]*href="([^"]+)"', visitor.text).group(1)
    visitor.get(slot)
    visitor.submit(f"{slot}sign-in/", email=email)
    visitor.submit(code=code_in(letter(mail, email, "votre code")))
    visitor.submit(slot, first_name=first, last_name=last, mobile="06 39 98 00 77")
    assert "/booked/" in visitor.path, visitor.text
    confirmation = letter(mail, email, "Votre rendez-vous")
    return re.search(rf"https://{NAME}(/a/[^\s/]+/)", confirmation).group(1)


def sign_in(visitor, mail, email):
    visitor.get("/accounts/login/code/?next=/pro/")
    visitor.submit(email=email)
    visitor.submit(code=code_in(letter(mail, email, "votre code")))
    assert visitor.path.startswith("/pro/"), visitor.path


def test_one_machine_as_the_guide_has_it(world):
    reader, mail = world
    machine = reader.machine
    (server,) = (one for one in reader.typed if one.heading.startswith("3. "))
    reader.typed = [one for one in reader.typed if not one.heading.startswith(("1. ", "3. "))]

    # 1. From users and folders to pages over TLS.
    reader.type("2. ")
    reader.type("4. ")
    reader.type("5. ")
    *_, seen = reader.type("6. ")
    assert '"status": "ok"' in seen
    exposures = [
        float(one) for one in re.findall(r"Overall exposure level for .*?: ([\d.]+)", seen)
    ]
    assert len(exposures) == 3
    assert max(exposures) < 3, seen
    wrong = [line for line in machine.run(MODES).splitlines() if line.split()[:3] not in
             (["600", "maia", "f"], ["700", "maia", "d"])]  # fmt: skip
    assert wrong == []

    # 2. A command means what the services mean, spaces and dollars included.
    assert (
        reader.maia("shell", "--no-imports", "-c", HOURS) == "Cabinet des Tilleuls $HOME ${PATH}\n"
    )
    sender = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL)"
    assert reader.maia("shell", "-c", sender).strip().endswith("Rendez-vous <rdv@example.fr>")
    with pytest.raises(AssertionError, match="ended with 1"):
        reader.maia("restore", "/nowhere")
    host = "from django.conf import settings; print(settings.HOSTED_BY)"
    typed = r""""A" & $HOME `b` \d"""
    said = machine.run(f"MAIA_HOSTED_BY='{typed}' maia shell --no-imports -c '{host}'")
    assert said.strip() == typed

    # 3. A patient books over TLS; her letters leave; no log has her link.
    patient = Visitor(reader.authority)
    link = book(patient, mail, "zelie@patiente.example", "Zélie", "Caron")
    Visitor(reader.authority).get(link)
    assert patient.get(link)
    assert patient.status == 200

    # 4. Ten megabytes pass; more is refused at the door.
    owner = Visitor(reader.authority)
    sign_in(owner, mail, "anne@tilleuls.example")
    owner.get("/pro/patients/import/")
    line = b"Caron;Julie;julie@patiente.example\n"
    rows = b"Nom;Prenom;Email\n" + line * (9_900_000 // len(line))
    owner.submit(file=("patientes.csv", rows, "text/csv"))
    assert owner.status == 200
    assert "patientes.csv" in owner.text, "Maia took it, or said why not"
    assert "lignes" in read_by_worker(owner), "too many: its child has counted them"
    owner.get("/pro/patients/import/")
    owner.submit(file=("deux.csv", rows[: rows.index(b"\n", 20) + 1], "text/csv"))
    assert "Caron" in read_by_worker(owner)
    owner.get("/pro/patients/import/")
    owner.submit(file=("patientes.csv", rows + rows[:2_000_000], "text/csv"))
    assert owner.status == 413

    # 5. While Maia is down nginx has much to say, and says it without paths.
    machine.run("systemctl stop maia-web")
    for _ in range(3):
        patient.get(link)
        assert patient.status == 502
    machine.run("systemctl start maia-web")
    until_up(machine)
    written = machine.run("cat /var/log/nginx/*.log /var/log/nginx/*.log.* 2>/dev/null || true")
    assert link.split("/")[2] not in written
    assert "/a/" not in written
    assert " 502 " in written, "it is a log all the same"

    # 6. A scanner is answered by nobody, and is one line where it gets through.
    machine.run(
        "curl --silent --output /dev/null -H 'Host: scanner.example' http://127.0.0.1:8000/;"
        " ! curl --silent --insecure --output /dev/null https://127.0.0.1/;"
        " ! curl --silent --output /dev/null -H 'Host: scanner.example' http://127.0.0.1/"
    )
    journal = machine.run("journalctl --unit maia-web --output cat --no-pager")
    assert [
        json.loads(one)["level"] for one in journal.splitlines() if "DisallowedHost" in one
    ] == ["WARNING"]
    assert "Traceback" not in journal
    assert "@patiente.example" not in machine.run("journalctl --no-pager")

    keep_and_go_back(reader, mail, link)
    change_the_key(reader, owner)
    fill_the_disk(reader)
    machine.run("systemctl stop maia-web maia-worker; umount /var/lib/maia")
    move_to_postgresql(reader, server.commands, owner)
    assert reader.typed == [], "every block was typed"


def change_the_key(reader, owner):
    """Sessions and the addresses that providers were given go on."""
    hooks = reader.maia("hooks")
    key = "from django.conf import settings; print(settings.SECRET_KEY)"
    before = reader.maia("shell", "--no-imports", "-c", key)
    reader.type("When the secret key changes")
    until_up(reader.machine)
    assert reader.maia("shell", "--no-imports", "-c", key) != before
    assert reader.maia("hooks") == hooks
    owner.get("/pro/patients/")
    assert (owner.path, owner.status) == ("/pro/patients/", 200)


def move_to_postgresql(reader, server, owner):
    """``server`` is step 3: its first lines make the database, its last one names it in the settings."""
    *made, named = (line for line in server.splitlines() if not line.startswith("apt-get"))
    moved, started = (one for one in reader.typed if one.heading == "From SQLite to PostgreSQL")
    reader.machine.run("\n".join([*made, moved.commands]))
    reader.machine.run("\n".join([named, started.commands]))
    until_up(reader.machine)
    assert reader.health()["alarms"] == []
    engine = "from django.db import connection; print(connection.vendor)"
    assert reader.maia("shell", "--no-imports", "-c", engine).strip() == "postgresql"
    owner.get("/pro/patients/")
    assert (owner.path, owner.status) == ("/pro/patients/", 200)
    reader.typed = [one for one in reader.typed if one not in (moved, started)]


def try_a_backup(reader):
    """Beside the services, which go on, and of which nothing is written."""
    on_sqlite, on_postgresql = (one for one in reader.typed if one.heading == "Try a backup")
    count = reader.maia("shell", "--no-imports", "-c", COUNT)
    vendor = "from django.db import connection; print(connection.vendor)"
    with_sqlite = reader.maia("shell", "--no-imports", "-c", vendor).strip() == "sqlite"
    said = reader.machine.run((on_sqlite if with_sqlite else on_postgresql).commands)
    assert "tilleuls  Cabinet des Tilleuls" in said
    assert "appointments 1," in said
    assert reader.maia("shell", "--no-imports", "-c", COUNT) == count
    reader.machine.run("systemctl is-active maia-web maia-worker; ! ls -d /var/backups/maia/trial")
    reader.machine.run("! ls /run/maia-command.*")
    reader.typed = [one for one in reader.typed if one not in (on_sqlite, on_postgresql)]


def read_by_worker(visitor, seconds=PATIENCE):
    """The page of an import, once a worker's child, closed in as it is, has read the file."""
    deadline = time.monotonic() + seconds
    while "<progress" in visitor.text:
        assert time.monotonic() < deadline, visitor.text
        time.sleep(0.5)
        visitor.get(visitor.path)
    return visitor.text


def fill_the_disk(reader):
    """A disk of 24 MB for the data: full, pages are served, started anew as well, and `/healthz` says it."""
    machine = reader.machine
    machine.run(
        "systemctl stop maia-web maia-worker; cp --archive /var/lib/maia /tmp/kept;"
        " mount -t tmpfs -o size=24m,mode=700,uid=$(id -u maia),gid=$(id -g maia) tmpfs /var/lib/maia;"
        " cp --archive /tmp/kept/. /var/lib/maia/; systemctl start maia-worker;"
        " until [ -e /var/lib/maia/maia.sqlite3-wal ]; do sleep 0.2; done; sleep 2;"  # it has it open
        " ! cat /dev/zero 2>/dev/null >/var/lib/maia/filler; systemctl start maia-web"
    )
    until_up(machine)
    health = reader.health()
    assert health["writable"] is False
    assert {"writable", "disk"} <= set(health["alarms"])
    visitor = Visitor(reader.authority)
    visitor.get("/tilleuls/")
    assert visitor.status == 200


def keep_and_go_back(reader, mail, link):
    """Backups, rotation, a restore and an upgrade, as the guide has them."""
    machine = reader.machine
    # 1. Fourteen stay.
    machine.run(
        "for day in $(seq 10 29); do runuser --user maia -- touch"
        " /var/backups/maia/maia-202501${day}T023000Z.backup; done"
    )
    kept, restored = (block for block in reader.typed if block.heading == "Backup and restore")
    listed = machine.run(kept.commands)
    assert len(re.findall(r"maia-\d{8}T\d{6}Z\.backup", listed)) == 14
    assert "maia-backup.timer" in listed
    assert machine.run("systemctl is-enabled maia-backup.timer").strip() == "enabled"
    health = reader.health()
    assert health["backup"]["age_seconds"] < 120
    assert health["writable"] is True

    # 2. What was booked before the backup is there again, what came later is not.
    later = Visitor(reader.authority)
    gone = book(later, mail, "lou@patiente.example", "Lou", "Petit")
    assert reader.maia("shell", "--no-imports", "-c", COUNT).strip() == "2"
    try_a_backup(reader)
    machine.run(restored.commands)
    until_up(machine)
    assert reader.maia("shell", "--no-imports", "-c", COUNT).strip() == "1"
    visitor = Visitor(reader.authority)
    visitor.get(link)
    assert visitor.status == 200
    visitor.get(gone)
    assert visitor.status in (404, 410)
    reader.typed = [one for one in reader.typed if one not in (kept, restored)]

    # 3. A version with another stylesheet and another migration that is done.
    style = machine.root / "opt/maia/maia/static/maia/upgrade.css"
    before, after = (one for one in reader.typed if one.heading == "Upgrade")
    machine.run(before.commands)
    style.write_text("/* of the next version */\n")
    machine.run(after.commands)
    until_up(machine)
    visitor.get("/static/maia/upgrade.css")
    assert visitor.status == 200
    reader.typed = [one for one in reader.typed if one not in (before, after)]


def until_up(machine):
    machine.run(
        f"curl --silent --fail --retry 120 --retry-all-errors --retry-delay 1 https://{NAME}/healthz"
    )


def test_postgresql_on_the_same_machine(world):
    reader, mail = world
    reader.typed = [one for one in reader.typed if not one.heading.startswith("1. ")]
    done_elsewhere = ("From SQLite to PostgreSQL", "When the secret key changes")
    reader.typed = [one for one in reader.typed if one.heading not in done_elsewhere]
    for heading in ("2. ", "3. ", "4. ", "5. ", "6. "):
        reader.type(heading)
    engine = "from django.db import connection; print(connection.vendor)"
    assert reader.maia("shell", "--no-imports", "-c", engine).strip() == "postgresql"
    reader.maia("shell", "--no-imports", "-c", HOURS)
    link = book(Visitor(reader.authority), mail, "zelie@patiente.example", "Zélie", "Caron")
    keep_and_go_back(reader, mail, link)
    assert reader.typed == []


def test_nothing_is_left_of_it(prepared):
    """Asked while the layers still are: not a mount is in this machine's own namespace."""
    assert "maia-guide" not in Path("/proc/self/mountinfo").read_text()
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    machines = [one for one in listed.splitlines() if "systemd-nspawn" in one]
    assert [one for one in machines if "maia-guide" in one] == []
