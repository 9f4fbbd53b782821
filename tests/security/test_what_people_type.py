"""Scripts, lines and formulas in every free field: shown as they are, run nowhere."""

import csv
import io
import threading
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from icalendar import Calendar

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.ics import Method, ics
from maia.messaging.models import Message
from maia.messaging.worker import work_once
from maia.patients.spreadsheet import patients_csv
from maia.practices.models import Membership
from maia.schedules.models import Category
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.security.conftest import BACKEND

SCRIPT = '"><script>x()</script><img src=x onerror=x()>'
LINES = "Lina\r\nBcc: eve@evil.example\r\n\r\n<b>x</b>"


@pytest.fixture
def owner(client, practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    client.force_login(anne.user, BACKEND)
    return client


@pytest.fixture
def poisoned(practice, anne, follow_up, on_tuesday):
    """The same poison in every text that somebody may type, past every form."""
    for thing, fields in (
        (practice, ("name", "street", "city", "directions")),
        (anne, ("first_name", "last_name", "title", "street", "city")),
        (follow_up, ("name", "description")),
    ):
        for field in fields:
            setattr(thing, field, SCRIPT)
        thing.save()
    follow_up.category = Category.objects.create(practice=practice, name=SCRIPT)
    follow_up.save()
    user = make_user("lina@patiente.example")
    lina = make_patient(practice, SCRIPT, user, last_name=SCRIPT, notes=SCRIPT)
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), lina, by=By.patient(user), now=NOW, note=SCRIPT
    )
    made.practice_notes = SCRIPT
    made.save()
    anne.absences.create(start=NOW, end=at(THURSDAY, "08:00"), title=SCRIPT)
    event = anne.events.create(
        practice=practice, kind="personal", start=NOW, end=at(THURSDAY, "08:00"), title=SCRIPT
    )
    return {"appointment": made, "patient": lina, "user": user, "event": event}


def tags_of(page):
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append((tag, dict(attributes)))

    Reader().feed(page)
    return found


def assert_harmless(answer):
    assert answer.status_code == 200, answer
    if "json" in answer["Content-Type"]:
        return  # read by a script that writes text, never markup: test below
    page = answer.content.decode()
    for _tag, attributes in tags_of(page):
        assert attributes.get("src") != "x"
        assert "onerror" not in attributes
    assert "<script>x()" not in page


def test_no_script_runs_in_the_back_office(owner, poisoned, anne, follow_up, practice):
    made, lina = poisoned["appointment"], poisoned["patient"]
    signed_in(owner, practice.team.get(role="owner").user)  # just now: some pages ask
    for name, *ids in (
        ("agenda",), ("sheet", made.pk), ("patient", lina.pk), ("patients",), ("absences",),
        ("personal_event", poisoned["event"].pk), ("settings",), ("practitioner", anne.pk),
        ("schedule", anne.pk), ("types",), ("edit_type", follow_up.pk), ("practice",), ("team",),
        ("embed",), ("messages",), ("new_appointment",),
    ):  # fmt: skip
        assert_harmless(owner.get(reverse(f"office:{name}", args=ids)))
    message = Message.objects.create(
        practice=practice, kind="confirmation", channel="email", recipient="patient", key="k",
        due_at=NOW, try_after=NOW, appointment=made, patient=lina, occurrence=made.start, status="failed", error=SCRIPT,
        body=SCRIPT, subject=SCRIPT,
    )  # fmt: skip
    assert_harmless(owner.get(reverse("office:message", args=[message.pk])))
    owner.post("/pro/patients/", {"q": SCRIPT})
    assert_harmless(owner.get("/pro/patients/found/"))
    assert_harmless(owner.post("/pro/patients/search/", {"patient_search": "lina"}))


@pytest.mark.rule("3.2.3")
def test_nor_on_the_patients_pages(client, poisoned, follow_up, anne, practice):
    made = poisoned["appointment"]
    for path in (
        f"/tilleuls/book/{follow_up.pk}/",
        reverse("confirm", args=["tilleuls", follow_up.pk, anne.pk, at(THURSDAY, "10:00")]),
        f"/a/{made.link_token}/",
    ):
        assert_harmless(client.get(path))
    client.force_login(poisoned["user"], BACKEND)
    for path in (
        "/mes-rendez-vous/",
        f"/mes-rendez-vous/{made.uid}/",
        f"/mes-rendez-vous/{made.uid}/cancel/",
        f"/tilleuls/booked/{made.uid}/",
    ):
        assert_harmless(client.get(path))


def test_agenda_scripts_write_text_and_no_markup():
    from pathlib import Path

    for script in Path("maia/static/maia").glob("*.js"):
        code = script.read_text()
        for danger in ("innerHTML", "insertAdjacentHTML", "outerHTML =", "document.write", "eval("):
            assert danger not in code, script


def test_names_add_no_header_to_an_email(poisoned, practice, anne, smtp):
    for thing in (practice, anne, poisoned["patient"]):
        for field in ("name", "first_name", "last_name"):
            if isinstance(getattr(type(thing), field, None), property) or not hasattr(thing, field):
                continue
            type(thing).objects.filter(pk=thing.pk).update(**{field: LINES})
    while work_once("test", lambda: NOW, threading.Event()):
        pass
    assert smtp.taken
    for mail in smtp.taken:
        assert "evil" not in str(mail["To"])
        assert mail["Bcc"] is None
        assert [name for name in mail if "\n" in mail[name]] == []
        for part in mail.walk():
            if part.get_content_type() == "text/html":
                assert "<script>x()" not in part.get_content()


def test_names_add_no_line_to_a_calendar(poisoned, anne):
    made = poisoned["appointment"]
    made.practitioner.first_name = "Anne\r\nATTENDEE:mailto:eve@evil.example\r\nX"
    text = ics(made, Method.PUBLISH, "a@b.example").decode()
    assert "\r\nATTENDEE:mailto:eve" not in text.replace("\r\n ", "")
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert "evil" not in str(event.get("attendee", ""))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_an_export_is_a_formula(practice, start):
    lina = make_patient(practice, f"{start}HYPERLINK(1)", notes=f"{start}cmd|' /C calc'!A0")
    table = "".join(patients_csv([lina]))
    (_columns, cells) = csv.reader(io.StringIO(table.lstrip("\ufeff"), newline=""), delimiter=";")
    assert [cell for cell in cells if cell.startswith(start)] == []
    assert cells[1].endswith("HYPERLINK(1)")


# --- Pages --------------------------------------------------------------------------------------


def test_no_page_has_a_script_or_style_of_its_own(owner, poisoned, anne, follow_up):
    made = poisoned["appointment"]
    pages = [
        "/", "/tilleuls/nope/", f"/tilleuls/book/{follow_up.pk}/", f"/a/{made.link_token}/",
        "/accounts/login/code/", "/accounts/email/", "/accounts/2fa/", "/accounts/password/change/",
        "/accounts/2fa/webauthn/", "/mes-rendez-vous/", "/pro/", "/pro/settings/embed/",
        "/tilleuls/embed/fr-own-all/accounts/login/code/", "/pro/settings/types/", "/pro/messages/",
        f"/pro/appointments/{made.pk}/", f"/pro/settings/practitioners/{anne.pk}/",
    ]  # fmt: skip
    for path in pages:
        answer = owner.get(path, follow=True)
        page = answer.content.decode()
        for tag, attributes in tags_of(page):
            assert tag != "style", path
            if tag == "script":
                data = attributes.get("type") == "application/json"
                assert data or "src" in attributes, path
            inline = [a for a in attributes if a == "style" or (a.startswith("on"))]
            assert inline == [], f"{path}: {tag}"
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "object-src 'none'" in policy
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
