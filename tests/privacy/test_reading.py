"""Whoever reads patients' rows leaves a line, by every page and every operation of the API."""

import json
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maia.api.api import api
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.calendars.models import Feed
from maia.messaging.models import Message
from maia.office.urls import urlpatterns
from maia.privacy.journal import Act
from maia.privacy.models import JournalEntry
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at

# What answers patients' rows to a GET, and the line that it leaves. A new page is decided here.
PAGES = {
    "agenda": Act.AGENDA,
    "events": Act.AGENDA,
    "appointments": Act.AGENDA,
    "export_appointments": Act.LIST_EXPORTED,
    "attendance": Act.AGENDA,
    "round": Act.AGENDA,
    "sheet": Act.OPENED,
    "contact": Act.OPENED,
    "correct_patient": Act.OPENED,
    "patients": Act.LISTED,
    "patients_found": Act.SEARCHED,
    "patient": Act.OPENED,
    "hand_out": Act.EXPORTED,
    "export": Act.ALL_EXPORTED,
    "erase": Act.OPENED,
    "messages": Act.MESSAGES,
    "message": Act.MESSAGES,
}
# Patients' rows in the answer to what is posted, or of a file that was given.
ON_POST = {
    "new_patient", "new_replacement", "edit_replacement", "delete_replacement",
    "answer_request",
    "new_appointment", "noting_told", "move", "undo_move", "cancel", "confirm", "unconfirm", "patient_search", "merge", "undo_merge",
    "new_absence", "edit_absence", "new_event", "personal_event", "move_event", "schedule", "new_opening", "edit_opening", "delete_opening", "new_period", "edit_period", "delete_period",
    "type_schedule", "new_type_period", "new_type_opening", "patient_import", "import_of", "import_remarks",
}  # fmt: skip
NOBODY = {
    "replacements", "more", "nowhere", "openings", "periods", "type_periods", "type_openings", "first_steps", "booking_page", "choose_practice", "news", "availability", "absences", "delete_absence", "event_summary", "delete_event", "invite", "invite_to_book",
    "places", "new_place", "edit_place", "give_up_place", "travel",
    "withdraw_invitation", "all_seen", "change_message", "settings", "practitioner",
    "calendars", "new_feed", "show_feeds", "revoke_feed", "change_calendar", "test_message",
    "preview_sms", "practice", "embed", "remove_website", "no_website", "privacy", "journal",
    "doors", "second_factor", "team", "sign_out", "remove", "role", "change_invitation", "tokens",
    "revoke_token", "webhooks", "renew_secret", "change_webhook", "rooms", "edit_room", "change_room", "pathway", "french_pathway", "edit_step", "change_step", "types", "preview_type",
    "new_type", "edit_type", "change_type", "change_import",
}  # fmt: skip
_SHEET = "office/appointments/{id}"
OPERATIONS = {
    ("get", "office/patients"): Act.ALL_EXPORTED,
    ("post", "office/patients"): Act.CREATED,
    ("get", "office/patients/{id}"): Act.OPENED,
    ("patch", "office/patients/{id}"): Act.OPENED,
    ("get", "office/appointments"): Act.AGENDA,
    ("post", "office/appointments"): Act.OPENED,
    ("get", _SHEET): Act.OPENED,
    ("patch", _SHEET): Act.OPENED,
    ("post", f"{_SHEET}/move"): Act.OPENED,
    ("post", f"{_SHEET}/cancel"): Act.OPENED,
    ("post", f"{_SHEET}/change"): Act.OPENED,
    ("get", "office/messages"): Act.MESSAGES,
}
SAYS_NOBODY = {
    ("delete", "office/patients/{id}"),
    ("post", "office/patients/{id}/invite"),
    ("get", "office/availability"),
    ("get", "office/free"),
    ("get", "office/imports"),  # how many lines of each outcome, not whose
    ("get", "office/imports/{id}"),
    *((method, "office/places") for method in ("get", "post")),
    *((method, "office/places/{id}") for method in ("get", "patch", "delete")),
    *((method, "office/travel") for method in ("get", "put")),
    ("get", "office/practitioner"),
    ("patch", "office/practitioner"),
    ("get", "office/schedule"),
    ("put", "office/schedule"),
    *(  # who would be left outside is said by `refuse_unless_confirmed`, which leaves a line
        (method, f"{owner}/{of}")
        for owner in ("office/schedule", "office/appointment-types/{type}/schedule")
        for methods, of in (
            ("get put", "turn"),
            ("get post", "periods"),
            ("get put delete", "periods/{id}"),
            ("get post", "special-days"),
            ("get put delete", "special-days/{id}"),
            ("get", "preview"),
        )
        for method in methods.split()
    ),
    *((method, "office/appointment-types") for method in ("get", "post")),
    *((method, "office/appointment-types/{id}") for method in ("get", "patch", "delete")),
    ("post", "office/appointment-types/{id}/renew-link"),
    *((method, "office/rooms") for method in ("get", "post")),
    *((method, "office/rooms/{id}") for method in ("get", "patch", "delete")),
    *((method, "office/personal-events") for method in ("get", "post")),
    *((method, "office/personal-events/{id}") for method in ("get", "patch", "delete")),
    *((method, "office/absences") for method in ("get", "post")),
    *((method, "office/absences/{id}") for method in ("get", "patch", "delete")),
    *((method, "office/replacements") for method in ("get", "post")),
    *((method, "office/replacements/{id}") for method in ("get", "put", "delete")),
    ("post", "office/replacements/{id}/hand-over"),
}


@pytest.fixture
def booked(anne, follow_up, julie):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    made.practice_notes = "Secret"
    made.save()
    return made


@pytest.fixture
def message(booked):
    return Message.objects.create(
        practice=booked.practice, appointment=booked, patient=booked.patient, channel="email",
        kind="reminder", recipient="patient", due_at=NOW, try_after=NOW, key="a",
        occurrence=NOW, sent_at=NOW, status="sent", attempts=1, body="Secret",
    )  # fmt: skip


@pytest.fixture
def script(team, practice):
    _token, secret = make_token(team["owner"], "tests", now=NOW, practice=practice)
    client = Client(headers={"authorization": f"Bearer {secret}"})

    def call(method, path, body=None):
        body = {} if body is None else {"data": json.dumps(body)}
        return client.generic(
            method.upper(), f"/api/v1/{path}", content_type="application/json", **body
        )

    return call


def acts():
    return list(JournalEntry.objects.order_by("pk").values_list("act", flat=True))


def test_every_page_is_decided():
    assert {pattern.name for pattern in urlpatterns} == PAGES.keys() | ON_POST | NOBODY


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_shows_patients_leaves_a_line(name, owner, julie, booked, message):
    pks = {
        "sheet": booked.pk,
        "contact": booked.pk,
        "correct_patient": booked.pk,
        "message": message.pk,
    }
    args = [pks.get(name, julie.pk)] if name in (*pks, "patient", "hand_out", "erase") else []
    if name == "patients_found":
        owner.post(reverse("office:patients"), {"q": "Petit"})
    query = {"start": "2026-12-01T00:00", "end": "2026-12-08T00:00"} if name == "events" else {}
    answer = owner.get(reverse(f"office:{name}", args=args), query)
    assert answer.status_code == 200
    entry = JournalEntry.objects.get()
    assert (entry.act, entry.who) == (PAGES[name], "anne@tilleuls.example")
    assert entry.patient == (julie if args else None)


def test_every_operation_is_decided():
    paths = api.get_openapi_schema()["paths"]
    known = {
        (method, path.removeprefix("/api/v1/"))
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/api/v1/office/")
    }
    assert known == OPERATIONS.keys() | SAYS_NOBODY


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_that_answers_patients_leaves_a_line(
    method, path, script, julie, booked, message, follow_up, anne
):
    body = {
        ("post", "office/patients"): {"first_name": "Lina", "last_name": "Petit"},
        ("post", "office/appointments"): {
            "patient": julie.pk, "type": follow_up.pk, "practitioner": anne.pk,
            "start": "2026-12-04T09:00:00+01:00",
        },
        ("post", f"{_SHEET}/change"): {"end": "2026-12-03T10:00:00+01:00"},
        ("post", f"{_SHEET}/move"): {"start": "2026-12-04T09:00:00+01:00"},
    }.get((method, path), None if method == "get" else {})  # fmt: skip
    id = booked.uid if "appointments" in path else julie.pk
    query = "?from=2026-12-01&to=2026-12-08" if path == "office/appointments" else ""
    answer = script(method, path.format(id=id) + (query if method == "get" else ""), body)
    assert answer.status_code in (200, 201), answer.content
    assert acts() == [OPERATIONS[method, path]]


def test_messages_of_one_appointment_name_the_patient(script, booked, message, julie):
    script("get", f"office/messages?appointment={booked.uid}")
    assert JournalEntry.objects.get().patient == julie


def test_a_sheet_that_is_refused_shows_it_all_the_same(owner, booked, julie):
    answer = owner.post(
        reverse("office:sheet", args=[booked.pk]), {"version": "77", "practice_notes": ""}
    )
    assert answer.status_code == 409
    assert acts() == [Act.OPENED]
    assert JournalEntry.objects.get().patient == julie


def test_a_search_leaves_a_line_and_never_what_was_typed(owner, julie):
    owner.post(reverse("office:patient_search"), {"patient_search": "Petit"})
    owner.post(reverse("office:patient_search"), {"patient_search": ""})
    assert acts() == [Act.SEARCHED]
    assert JournalEntry.objects.get().detail == ""


def test_what_is_done_to_types_and_time_leaves_a_line(owner, script, follow_up, anne):
    path = reverse("office:change_type", args=[follow_up.pk, "duplicate"])
    owner.post(path)
    owner.post(reverse("office:change_type", args=[follow_up.pk, "down"]))
    away = {
        "practitioner": anne.pk, "title": "Nina", "repeat": "never",
        "first_date": "2026-12-10", "last_date": "2026-12-10",
    }  # fmt: skip
    owner.post(reverse("office:new_absence"), away)
    event = {"practitioner": anne.pk, "title": "Nina", "date": "2026-12-10", "whole_days": "on"}
    owner.post(reverse("office:new_event"), event)
    delete = reverse("office:delete_absence", args=[anne.absences.get().pk])
    typed = dict(owner.post(delete).context["typed"])
    owner.post(delete, typed | {"yes": "1"})
    owner.post(
        reverse("office:delete_event", args=[anne.events.get().pk]), {"yes": "1", "version": 0}
    )
    body = {"start": "2026-12-11T09:00:00+01:00", "end": "2026-12-11T10:00:00+01:00"}
    for kind in ("absences", "personal-events"):
        made = script("post", f"office/{kind}", body | {"practitioner": anne.pk}).json()
        pk = (made.get("items") or [made])[0]["id"]
        script("patch", f"office/{kind}/{pk}", {"title": "Nina"})
        assert script("delete", f"office/{kind}/{pk}").status_code == 204
    assert acts() == [Act.SETTINGS] * 2 + [Act.TIME] * 10
    details = JournalEntry.objects.values_list("detail", flat=True)
    assert "Anne Morel, 11/12/2026 09:00 – 10:00" in details
    assert not any("Nina" in detail for detail in details)


def test_a_patient_made_on_the_sheet_and_an_invitation_withdrawn_leave_a_line(
    owner, follow_up, anne, practice, julie
):
    owner.post(reverse("office:new_appointment"), {
        "request_key": "3f0c2c2e-5d0f-4f7b-8c5e-2b9a3f1d6e4a", "type": follow_up.pk,
        "practitioner": anne.pk, "date": "2026-12-03", "time": "10:00", "first_name": "Lina",
        "last_name": "Roy",
    })  # fmt: skip
    assert acts() == [Act.CREATED]
    owner.post(reverse("office:withdraw_invitation", args=[julie.pk]))
    assert acts() == [Act.CREATED]  # there was none
    julie.invitations.create(
        practice=practice, email=julie.email, sent_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    owner.post(reverse("office:withdraw_invitation", args=[julie.pk]))
    assert acts() == [Act.CREATED, Act.WITHDRAWN]


def test_a_calendar_that_reads_the_agenda_is_one_line_each_half_hour(
    team, anne, booked, time_machine
):
    feed = Feed.objects.create(user=team["owner"], practitioner=anne)
    for minutes in (0, 5, 29, 31):
        time_machine.move_to(NOW + timedelta(minutes=minutes), tick=False)
        assert Client().get(feed.address.split("testserver")[-1]).status_code == 200
    assert acts() == [Act.FEED] * 2


@pytest.mark.django_db(transaction=True)
def test_a_page_that_polls_writes_one_line_each_half_hour_and_then_asks_nothing(owner, booked):
    path = reverse("office:events") + "?start=2026-12-01T00:00&end=2026-12-08T00:00"
    counts = []
    for _poll in range(3):
        with CaptureQueriesContext(connection) as captured:
            owner.get(path)
        counts.append(len([q for q in captured if "privacy_journalentry" in q["sql"]]))
    assert counts == [1, 0, 0]
    caches["process"].clear()  # another process
    owner.get(path)
    assert acts() == [Act.AGENDA]


PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    "who", ["paul@tilleuls.example", "nobody@x.example", "julie@patiente.example"]
)
def test_sign_ins_of_the_team_are_in_its_journal_and_nobody_elses(who, team, julie, practice):
    for user in (team["assistant"], julie.user):
        user.set_password(PASSWORD)
        user.save()
    client = Client()
    for password in ("wrong", "wrong again", PASSWORD):
        client.post(reverse("account_login"), {"login": who, "password": password})
    member = who == team["assistant"].email
    assert acts() == ([Act.NOT_SIGNED_IN, Act.SIGNED_IN] if member else [])
    if member:
        assert set(JournalEntry.objects.values_list("who", "practice")) == {(who, practice.pk)}


def test_a_wrong_code_is_in_the_journal(team, mailoutbox):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": team["assistant"].email})
    client.post(reverse("account_confirm_login_code"), {"code": "000000"})
    assert acts() == [Act.NOT_SIGNED_IN]


def test_who_fails_every_factor_leaves_a_line(team):
    from allauth.mfa.signals import authentication_failed

    authentication_failed.send(sender=None, user=team["assistant"], reauthentication=False)
    assert acts() == [Act.NOT_SIGNED_IN]
