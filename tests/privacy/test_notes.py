"""Notes are for practitioners only, where the practice says so: read and written by nobody else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.agenda import Boxes, By
from maia.patients.spreadsheet import patients_csv
from maia.practices.models import Membership
from maia.practices.seats import take_seat
from maia.privacy.reading import notes_of
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at

SECRET = "Secret de Julie"


@pytest.fixture
def booked(anne, follow_up, julie):
    julie.notes = SECRET
    julie.save()
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    made.practice_notes = SECRET
    made.save()
    return made


@pytest.fixture
def reserved(practice, booked):
    practice.notes_for_practitioners = True
    practice.save()
    return practice


def script(user, practice, role=""):
    _token, secret = make_token(user, "tests", now=NOW, practice=practice, role=role)
    return Client(headers={"authorization": f"Bearer {secret}"})


def pages(booked):
    return [
        reverse("office:patient", args=[booked.patient.pk]),
        reverse("office:sheet", args=[booked.pk]),
    ]


def answers(client, booked):
    """Everything in the API that says the notes of a record or of an appointment."""
    patients, appointments = "/api/v1/office/patients", "/api/v1/office/appointments"
    dates = {"from": "2026-12-01", "to": "2026-12-31"}
    patch = {"data": {}, "content_type": "application/json"}
    return [
        client.get(patients).json()["items"][0],
        client.get(f"{patients}/{booked.patient.pk}").json(),
        client.patch(f"{patients}/{booked.patient.pk}", **patch).json(),
        client.get(appointments, dates).json()["items"][0],
        client.get(f"{appointments}/{booked.uid}").json(),
        client.patch(f"{appointments}/{booked.uid}", **patch).json(),
    ]


@pytest.mark.rule("3.12.3")
@pytest.mark.parametrize(
    ("role", "only", "reads"),
    [
        ("owner", True, True),
        ("practitioner", True, True),
        ("assistant", True, False),
        ("assistant", False, True),
    ],
)
def test_a_seat_says_who_reads_them(team, practice, booked, role, only, reads):
    practice.notes_for_practitioners = only
    practice.save()
    seat = take_seat(Membership.objects.get(user=team[role]), shown=True)
    assert seat.reads_notes is reads
    assert notes_of(seat, booked) == notes_of(seat, booked.patient) == (SECRET if reads else None)


def test_who_writes_none_leaves_them_as_they_are(booked):
    boxes = Boxes(email=False, sms=False)
    edit_appointment(
        booked, practice_notes=None, attendance="", boxes=boxes, by=By.practice(None), now=NOW,
        seen=booked.version,
    )  # fmt: skip
    booked.refresh_from_db()
    assert (booked.practice_notes, booked.email_reminder) == (SECRET, False)


def test_pages_show_them_to_practitioners_only(sign_in, team, booked, practice):
    for path in pages(booked):
        assert SECRET in sign_in(team["assistant"]).get(path).content.decode()
    practice.notes_for_practitioners = True
    practice.save()
    for path in pages(booked):
        for role, shown in (("owner", True), ("practitioner", True), ("assistant", False)):
            assert (SECRET in sign_in(team[role]).get(path).content.decode()) is shown


def test_a_form_that_does_not_show_them_does_not_write_them(sign_in, team, reserved, booked):
    client = sign_in(team["assistant"])
    record, sheet = pages(booked)
    typed = {"first_name": "Julia", "last_name": "Petit", "email": booked.patient.email}
    assert client.post(record, typed | {"notes": "Autre"}).status_code == 302
    typed = {"version": booked.version, "practice_notes": "Autre", "send_sms": "on"}
    assert client.post(sheet, typed).status_code == 302
    booked.refresh_from_db()
    booked.patient.refresh_from_db()
    assert (booked.patient.first_name, booked.patient.notes) == ("Julia", SECRET)
    assert (booked.sms_reminder, booked.practice_notes) == (True, SECRET)
    # Nor does a page that answers a refusal show them.
    answer = client.post(sheet, {"version": "77"})
    assert answer.status_code == 409
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize(("who", "role"), [("assistant", ""), ("owner", "assistant")])
def test_a_token_of_an_assistant_reads_none(team, reserved, booked, who, role):
    for answer in answers(script(team[who], reserved, role), booked):
        assert answer["notes"] is None
    for answer in answers(script(team["owner"], reserved), booked):
        assert answer["notes"] == SECRET


@pytest.mark.parametrize("notes", ["Autre", ""])
def test_a_token_of_an_assistant_writes_none(team, reserved, booked, notes):
    client = script(team["assistant"], reserved)
    for path in (f"patients/{booked.patient.pk}", f"appointments/{booked.uid}"):
        answer = client.patch(
            f"/api/v1/office/{path}", {"notes": notes}, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "notes_for_practitioners")
    booked.refresh_from_db()
    booked.patient.refresh_from_db()
    assert booked.practice_notes == booked.patient.notes == SECRET


def test_a_token_of_an_assistant_makes_none(team, reserved, booked):
    client = script(team["assistant"], reserved)
    typed = {"first_name": "Lina", "last_name": "Roy"}
    path = "/api/v1/office/patients"
    answer = client.post(path, typed | {"notes": "A"}, content_type="application/json")
    assert answer.status_code == 403
    answer = client.post(path, typed, content_type="application/json")
    assert (answer.status_code, answer.json()["notes"]) == (201, None)


def test_a_file_of_who_reads_none_has_no_column_for_them(reserved, booked):
    assert SECRET in patients_csv([booked.patient])
    assert SECRET not in patients_csv([booked.patient], notes=False)
    assert "notes" not in patients_csv([booked.patient], notes=False)


def test_the_owner_says_so_on_a_page(owner, practice):
    path = reverse("office:privacy")
    typed = {
        "records_years": 20,
        "messages_months": 12,
        "journal_months": 12,
        "pregnancy_months": 6,
        "notice": "",
    }
    assert owner.post(path, typed | {"notes_for_practitioners": "on"}).status_code == 302
    practice.refresh_from_db()
    assert practice.notes_for_practitioners
    assert "Les notes sont réservées aux praticiennes" in practice.journal.get().detail
    box = re.search(
        r'<input[^>]*name="notes_for_practitioners"[^>]*>', owner.get(path).content.decode()
    )
    assert box
    assert "checked" in box[0]
    owner.post(path, typed)
    practice.refresh_from_db()
    assert not practice.notes_for_practitioners
