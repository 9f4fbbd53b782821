"""A practice is renamed, suspended, counted, and leaves: by command, through its pages and the API."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.models import Appointment
from maia.appointments.slots import Slot
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.portal.booking import confirm_url
from maia.practices.models import Membership, Practice
from maia.practices.seats import take_seat
from maia.privacy.journal import Act, note
from maia.privacy.models import JournalEntry
from maia.schedules.models import Schedule
from maia.tenants.belonging import models_of_a_practice, rows_of
from maia.tenants.suspending import suspend_practice
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.messaging.test_held import work


@pytest.fixture
def owner(anne):
    Membership.objects.create(practice=anne.practice, user=anne.user, role="owner")
    return anne.user


@pytest.fixture
def booked(follow_up, anne, julie):
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(julie.user), now=NOW
    )


def maia(*words):
    out = io.StringIO()
    call_command("practice", *words, stdout=out)
    return out.getvalue()


# --- Another name ---


@pytest.mark.rule("3.4.11")
def test_the_old_name_leads_to_the_new_one_on_every_page(client, follow_up, anne):
    before = {
        path: client.get(f"/tilleuls{path}")
        for path in (
            "/", "/embed.js", "/embed/?accent=%23ff0000", "/confidentialite/",
            f"/book/{follow_up.pk}/?practitioner={anne.pk}", "/embed/fr-own-all/tilleuls/",
        )
    }  # fmt: skip
    assert "leads there" in maia("rename", "tilleuls", "rennes-centre")
    for path, page in before.items():
        answer = client.get(f"/tilleuls{path}")
        assert answer.status_code == 307, (path, page.status_code)
        assert answer["Location"] == f"/rennes-centre{path.replace('tilleuls', 'rennes-centre')}"
        assert client.get(answer["Location"]).status_code == page.status_code
        # What a browser would judge a frame by is the page that it leads to.
        assert "X-Frame-Options" not in answer
        assert "Content-Security-Policy" not in answer
    assert client.get("/api/v1/practices/tilleuls").headers["Location"] == (
        "/api/v1/practices/rennes-centre"
    )
    assert client.get("/api/v1/practices/tilleuls", follow=True).json()["slug"] == "rennes-centre"
    form = confirm_url(follow_up, Slot(at(THURSDAY, "09:30"), NOW, anne))
    form = form.replace("/tilleuls/", "/rennes-centre/")
    assert (
        client.post(form.replace("rennes-centre", "tilleuls")).status_code == 307
    )  # sent again as it is
    assert client.get("/nowhere/").status_code == 404
    assert JournalEntry.objects.filter(act="operator", detail__contains="rennes-centre").exists()


@pytest.mark.rule("3.4.11")
def test_the_old_name_is_given_to_nobody_else_and_can_be_taken_back(practice, elsewhere):
    maia("rename", "tilleuls", "rennes")
    with pytest.raises(CommandError, match="had this address before"):
        maia("rename", "ailleurs", "tilleuls")
    with pytest.raises(CommandError, match="had this address before"):
        maia("create", "--name", "X", "--slug", "tilleuls", "--owner", "x@x.example",
             "--first-name", "X", "--last-name", "X")  # fmt: skip
    for taken in ("ailleurs", "admin", "Not A Slug"):
        with pytest.raises(CommandError):
            maia("rename", "rennes", taken)
    with pytest.raises(CommandError, match="It is called rennes now"):
        maia("show", "tilleuls")
    maia("rename", "rennes", "tilleuls")
    assert "was /rennes/" in maia("show", "tilleuls")


# --- Suspended ---


@pytest.mark.rule("3.4.10")
def test_nothing_is_bookable_by_page_api_or_code(client, follow_up, anne, julie, booked):
    maia("suspend", "tilleuls")
    follow_up.refresh_from_db()
    anne.refresh_from_db()
    for path in (
        "/tilleuls/",
        f"/tilleuls/book/{follow_up.pk}/",
        "/tilleuls/embed/fr-own-all/tilleuls/",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "ne prend pas de rendez-vous en ligne" in page.content.decode()
    page = client.get("/tilleuls/", headers={"accept-language": "en"})
    assert "does not take appointments online" in page.content.decode()
    api = "/api/v1/practices/tilleuls"
    assert client.get(f"{api}/appointment-types").json()["items"] == []
    asked = f"{api}/slots?type={follow_up.pk}&from={THURSDAY}&to={THURSDAY}"
    assert client.get(asked).json()["slots"] == []
    _token, secret = make_token(julie.user, "t", now=timezone.now())
    body = {
        "type": follow_up.pk,
        "practitioner": anne.pk,
        "start": at(THURSDAY, "11:00").isoformat(),
    }
    answer = client.post(
        f"{api}/appointments", json.dumps(body), content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "not_bookable")
    with pytest.raises(NotBookable, match="suspended"):
        move_appointment(booked, at(THURSDAY, "11:00"), by=By.patient(julie.user), now=NOW)
    maia("resume", "tilleuls")
    assert client.get(f"{api}/appointment-types").json()["items"] != []


@pytest.mark.rule("3.4.10")
def test_a_move_and_a_booking_are_refused_in_the_domain(follow_up, anne, julie, booked):
    suspend_practice(anne.practice, silent=False, now=NOW)
    follow_up.practice.refresh_from_db()
    with pytest.raises(NotBookable, match="suspended"):
        book_appointment(
            follow_up, anne, at(THURSDAY, "11:00"), julie, by=By.patient(julie.user), now=NOW
        )
    with pytest.raises(NotBookable, match="suspended"):
        move_appointment(booked, at(THURSDAY, "11:00"), by=By.patient(julie.user), now=NOW)


def test_its_team_reads_and_exports_and_writes_nothing(owner, anne, julie, booked, client):
    maia("suspend", "tilleuls")
    signed_in(client, owner)
    for path in ("/pro/", "/pro/patients/", "/pro/patients/export/", f"/pro/patients/{julie.pk}/"):
        assert client.get(path).status_code == 200, path
    assert "est suspendu" in client.get("/pro/patients/").content.decode()
    assert client.post("/pro/patients/", {"q": "petit"}, follow=True).status_code == 200
    before = list(Appointment.objects.values())
    for path in (f"/pro/patients/{julie.pk}/", "/pro/patients/new/", "/pro/settings/types/new/"):
        refused = client.post(path, {"first_name": "X", "last_name": "Y"})
        assert refused.status_code in (403, 404), path
    assert "est suspendu" in client.post(f"/pro/patients/{julie.pk}/").content.decode()
    _token, secret = make_token(owner, "t", now=timezone.now(), practice=anne.practice)
    bearer = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/office/patients", headers=bearer).status_code == 200
    answer = client.post(
        "/api/v1/office/patients", "{}", content_type="application/json", headers=bearer
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")
    assert list(Appointment.objects.values()) == before


def test_reminders_of_what_stands_leave_unless_it_is_silent(booked, practice, smtp, sms):
    maia("suspend", "tilleuls")
    work()
    assert len(smtp.taken) == 2
    Message.objects.filter(status="sent").update(status="queued", attempts=0)
    maia("suspend", "tilleuls", "--silent")
    work()
    assert len(smtp.taken) == 2
    assert set(Message.objects.filter(kind="confirmation").values_list("status", "error")) == {
        ("queued", "silent")
    }
    maia("resume", "tilleuls")
    assert Message.objects.filter(error="silent", try_after__gt=timezone.now()).count() == 0


# --- What it does ---


def test_figures_are_by_month(practice, anne, follow_up, julie, owner):
    now = timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0)
    book_appointment(
        follow_up, anne, start, julie, by=By.practice(owner), now=now, allow_overlap=True
    )
    Message.objects.create(
        practice=practice, kind="test", channel="sms", recipient="practitioner", key="k",
        status="sent", sent_at=now, segments=2, due_at=now, try_after=now,
    )  # fmt: skip
    shown = maia("usage", "tilleuls")
    assert "members 1, patients 1, appointments 1" in shown
    assert "appointments 1, emails 0, SMS 2" in shown
    assert "database, all practices" in shown
    assert "julie" not in shown.lower()
    assert "tilleuls" in maia("list")


# --- It leaves ---


@pytest.fixture
def full(practice, anne, owner, follow_up, julie, booked):
    """With a row of what has one; and people who are elsewhere as well."""
    announce(NOW)
    note(Act.OPENED, take_seat(owner.memberships.get(), shown=True), now=NOW, patient=julie)
    make_token(owner, "t", now=NOW, practice=practice)
    Schedule.objects.get(practitioner=anne)
    maia("rename", "tilleuls", "old")
    maia("rename", "old", "tilleuls")
    return practice


def test_everything_of_it_goes_and_nothing_else(full, elsewhere, tmp_path, owner, julie):
    both = make_user("lina@patiente.example")
    make_patient(full, "Lina", both)
    make_patient(elsewhere["practice"], "Lina", both)
    for n in range(3):
        make_patient(full, f"P{n}", make_user(f"p{n}@patiente.example"))
    keys = {
        model: set(rows_of(model, full).values_list("pk", flat=True))
        for model in models_of_a_practice()
    }
    others = {m: rows_of(m, elsewhere["practice"]).count() for m in models_of_a_practice()}
    file = tmp_path / "tilleuls.zip"
    printed = maia("delete", "tilleuls", "--export", str(file), "--yes-delete", "tilleuls")
    assert "tilleuls is deleted" in printed
    assert not Practice.objects.filter(pk=full.pk).exists()
    for model, those in keys.items():
        assert not model._default_manager.filter(pk__in=those).exists(), model
        assert rows_of(model, elsewhere["practice"]).count() == others[model], model
    left = set(User.objects.values_list("email", flat=True))
    assert left == {"lina@patiente.example", "owner@ailleurs.example"}
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["rows"]["patients.Patient"] == 5
        assert b"Julie" in archive.read("patients.Patient.jsonl")
        assert not any("Token" in name or "Feed" in name for name in archive.namelist())
    assert file.stat().st_mode & 0o077 == 0


def test_no_model_that_leads_to_a_practice_is_forgotten():
    """Of the database's own columns, whatever a model is called."""
    names = {m._meta.db_table for m in models_of_a_practice()} | {Practice._meta.db_table}
    for model in apps.get_models(include_auto_created=True):
        points = any(
            f.is_relation and f.related_model and f.related_model._meta.db_table in names
            for f in model._meta.concrete_fields
        )
        assert not points or model._meta.db_table in names, model
        assert not [f for f in model._meta.concrete_fields if f.name == "object_id"] or (
            model._meta.label == "admin.LogEntry"
        )


def test_it_is_deleted_only_after_an_export_and_a_yes(full, tmp_path):
    file = tmp_path / "tilleuls.zip"
    with pytest.raises(CommandError, match="Nobody is there to be asked"):
        maia("delete", "tilleuls", "--export", str(file))
    assert not file.exists()
    with pytest.raises(CommandError, match="--yes-delete says ailleurs"):
        maia("delete", "tilleuls", "--export", str(file), "--yes-delete", "ailleurs")
    file.write_text("something of somebody's")
    with pytest.raises(CommandError, match="is there already"):
        maia("delete", "tilleuls", "--export", str(file), "--yes-delete", "tilleuls")
    with pytest.raises(CommandError, match="cannot be written"):
        maia("delete", "tilleuls", "--export", "/nowhere/x.zip", "--yes-delete", "tilleuls")
    assert file.read_text() == "something of somebody's"
    assert Practice.objects.filter(slug="tilleuls", suspension="").exists()


def test_killed_midway_it_goes_on(full, tmp_path, monkeypatch):
    from maia.tenants import deleting

    calls = iter(range(100))
    whole = deleting._delete_all

    def killed(model, practice):
        if next(calls) == 4:
            raise KeyboardInterrupt
        return whole(model, practice)

    monkeypatch.setattr(deleting, "_delete_all", killed)
    with pytest.raises(KeyboardInterrupt):
        maia("delete", "tilleuls", "--export", str(tmp_path / "1"), "--yes-delete", "tilleuls")
    assert Practice.objects.get(slug="tilleuls").suspension == "silent"
    monkeypatch.undo()
    maia("delete", "tilleuls", "--export", str(tmp_path / "2"), "--yes-delete", "tilleuls")
    assert not Practice.objects.filter(slug="tilleuls").exists()
    assert not User.objects.exists()
