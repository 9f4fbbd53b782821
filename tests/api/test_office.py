"""The back office as scripts see it: the same rules, the same doors."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.appointments.unanswered import follow_requests
from maia.messaging.owed import announce
from maia.practices.models import Practitioner
from maia.privacy.models import JournalEntry
from maia.schedules.models import Absence, AppointmentType, Schedule
from tests.api.conftest import assert_problem
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

MONDAY = {"monday": [["09:00", "12:30"], ["14:00", "18:00"]]}


def test_the_professional_sheet(owner, anne):
    sheet = owner.call("GET", "office/practitioner").json()
    assert (sheet["name"], sheet["booking_horizon_days"], sheet["reminder_time"]) == (
        "Anne Morel", 90, "14:00",
    )  # fmt: skip
    changed = owner.call(
        "PATCH",
        "office/practitioner",
        {
            "booking_horizon_days": 30,
            "evening_cutoff": "19:30",
            "minimum_notice_days": 2,
            "fill_my_days": True,
        },
    )
    assert changed.status_code == 200, changed.content
    anne.refresh_from_db()
    assert (anne.booking_horizon_days, anne.minimum_notice_days, anne.fill_my_days) == (30, 2, True)
    assert f"{anne.evening_cutoff:%H:%M}" == "19:30"
    assert owner.call("PATCH", "office/practitioner", {"evening_cutoff": None}).json()[
        "evening_cutoff"
    ] is None  # fmt: skip
    for wrong in (
        {"booking_horizon_days": 0},
        {"booking_horizon_days": None},
        {"minimum_notice_days": 31},
        {"minimum_notice_days": None},
        {"reminder_time": "25:00"},
        {"sms_sender_name": "é!"},
        {"sms_template": "{nobody}"},
    ):
        body = assert_problem(owner.call("PATCH", "office/practitioner", wrong), 422, "invalid")
        assert body["errors"][0]["field"].endswith(next(iter(wrong))), body


def test_the_schedule(owner, anne):
    assert owner.call("PUT", "office/schedule", MONDAY).json() == MONDAY
    assert Schedule.objects.get(practitioner=anne).lines.count() == 1
    assert owner.call("GET", "office/schedule").json() == MONDAY
    for wrong in (
        {"lundi": []},
        {"monday": [["12:00", "09:00"]]},
        {"monday": [["09:00", "12:00"], ["11:00", "13:00"]]},
        {"monday": [["9h", "12:00"]]},
        {"monday": [["09:00"]]},
        {"monday": "09:00"},
        [],
    ):
        assert_problem(owner.call("PUT", "office/schedule", wrong), 422, "invalid")
    assert owner.call("GET", "office/schedule").json() == MONDAY


def test_types(owner, practice, follow_up):
    made = owner.call(
        "POST",
        "office/appointment-types",
        {"name": "Rééducation", "duration_minutes": 45, "category": "Suites", "schedule": MONDAY},
    )
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["category"], body["schedule"], body["allow_online_booking"]) == (
        "Suites", MONDAY, False,
    )  # fmt: skip
    path = f"office/appointment-types/{body['id']}"
    changed = owner.call("PATCH", path, {"allow_online_booking": True, "schedule": None}).json()
    assert (changed["allow_online_booking"], changed["schedule"], changed["name"]) == (
        True, None, "Rééducation",
    )  # fmt: skip
    limits = {"minimum_notice_minutes": 60, "minimum_notice_days": 1, "booking_horizon_days": 9,
              "max_a_day": 2, "max_a_week": 5, "max_new_a_week": 1, "days_between_two": 28,
              "one_to_come": True}  # fmt: skip
    assert owner.call("PATCH", path, limits).json().items() >= limits.items()
    kept = owner.call("PATCH", path, {"minimum_notice_minutes": None}).json()
    assert (kept["minimum_notice_minutes"], kept["minimum_notice_days"]) == (None, 1)
    names = [one["name"] for one in owner.call("GET", "office/appointment-types").json()["items"]]
    assert names == ["Suivi de grossesse", "Rééducation"]
    assert owner.call("DELETE", path).status_code == 204
    assert_problem(owner.call("GET", path), 404, "not_found")
    for wrong in ({"duration_minutes": 4}, {"colour": "red"}, {"name": ""}, {"name": "\x00"}):
        assert_problem(
            owner.call("PATCH", f"office/appointment-types/{follow_up.pk}", wrong), 422, "invalid"
        )


def test_a_type_that_is_used_is_archived_instead(owner, anne, follow_up, julie):
    assert note(owner, follow_up, julie).status_code == 201
    path = f"office/appointment-types/{follow_up.pk}"
    assert_problem(owner.call("DELETE", path), 409, "in_use")
    assert owner.call("PATCH", path, {"archived": True}).json()["archived"] is True


def test_patients(owner, practice):
    made = owner.call(
        "POST", "office/patients",
        {"first_name": "Lina", "last_name": "Rouault", "mobile": "06 39 98 00 01",
         "email": "lina@patiente.example", "birth_date": "1990-05-04"},
    )  # fmt: skip
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["mobile"], body["birth_date"]) == ("+33639980001", "1990-05-04")
    path = f"office/patients/{body['id']}"
    assert owner.call("GET", path).json() == body
    assert owner.call("PATCH", path, {"notes": "Rh-"}).json()["notes"] == "Rh-"
    assert owner.call("POST", f"{path}/invite").status_code == 200
    acts = JournalEntry.objects.order_by("pk").values_list("act", "detail")
    assert list(acts) == [("created", ""), ("opened", ""), ("changed", "notes"), ("invited", "")]
    for wrong in ({"mobile": "12"}, {"email": "x"}, {"birth_date": 5}, {"last_name": "12"}):
        assert_problem(owner.call("PATCH", path, wrong), 422, "invalid")
    assert owner.call("DELETE", path).status_code == 204
    assert_problem(owner.call("GET", path), 404, "not_found")


def test_lists_are_read_page_by_page(owner, practice):
    for number in range(5):
        make_patient(practice, f"P{number}")
    seen, cursor = [], ""
    for _ in range(3):
        answer = owner.call("GET", f"office/patients?limit=2&cursor={cursor}").json()
        seen += [one["first_name"] for one in answer["items"]]
        if answer["next"] is None:
            break
        cursor = answer["next"]
        make_patient(practice, "Meanwhile")
    assert seen[:5] == [f"P{number}" for number in range(5)]
    for wrong in ("limit=0", "limit=1000", "cursor=x", "cursor=W251bGwsMF0"):
        assert_problem(owner.call("GET", f"office/patients?{wrong}"), 422, "invalid")


def note(script, type, patient, start="2026-12-03T09:30:00+01:00", **more):
    body = {"type": type.pk, "patient": patient.pk, "start": start, **more}
    return script.call("POST", "office/appointments", body)


def test_an_appointment_from_note_to_cancel(owner, anne, follow_up, julie):
    body = note(owner, follow_up, julie, "2026-12-01T09:50:00+01:00", notes="Urgent").json()
    assert (body["status"], body["sms_reminder"], body["notes"]) == ("confirmed", True, "Urgent")
    path = f"office/appointments/{body['id']}"
    changed = owner.call("PATCH", path, {"attendance": "attended", "sms_reminder": False}).json()
    assert (changed["attendance"], changed["sms_reminder"], changed["notes"]) == (
        "attended", False, "Urgent",
    )  # fmt: skip
    moved = owner.call("POST", f"{path}/move", {"start": "2026-12-03T11:00:00+01:00"}).json()
    assert moved["end"] == "2026-12-03T11:30:00+01:00"
    query = "office/appointments?from=2026-12-03&to=2026-12-03"
    assert owner.call("GET", query).json() == {"items": [moved], "next": None}
    assert owner.call("POST", f"{path}/cancel").json()["status"] == "cancelled"
    announce(NOW)
    messages = owner.call("GET", f"office/messages?appointment={body['id']}").json()["items"]
    kinds = {(one["kind"], one["channel"]) for one in messages}
    assert kinds == {
        ("confirmation", "email"), ("moved", "email"), ("moved", "sms"), ("cancelled", "email"),
    }  # fmt: skip


@pytest.mark.rule("3.12.9")
def test_who_came_is_said_of_what_has_begun_and_stands(owner, anne, follow_up, julie):
    made = note(owner, follow_up, julie, status="unconfirmed").json()
    path = f"office/appointments/{made['id']}"
    for body in ({"attendance": "attended"}, {"attendance": "no_show", "status": "confirmed"}):
        assert_problem(owner.call("PATCH", path, body), 409, "not_begun")
    assert owner.call("GET", path).json() == made  # all or nothing
    gone = note(owner, follow_up, julie, "2026-12-01T08:00:00+01:00").json()
    path = f"office/appointments/{gone['id']}"
    owner.call("POST", f"{path}/cancel")
    body = {"attendance": "attended", "notes": "Vue"}
    assert_problem(owner.call("PATCH", path, body), 409, "already_cancelled")
    assert owner.call("PATCH", path, {"attendance": "", "notes": "Annulé"}).json()["notes"]


@pytest.mark.rule("3.4.4")
def test_an_overlap_is_on_purpose(owner, anne, follow_up, julie):
    assert note(owner, follow_up, julie).status_code == 201
    assert_problem(note(owner, follow_up, julie), 409, "slot_taken")
    assert note(owner, follow_up, julie, allow_overlap=True).json()["allow_overlap"] is True


def test_availability(owner, anne, follow_up, julie):
    note(owner, follow_up, julie, "2026-12-01T09:00:00+01:00")
    query = f"office/availability?type={follow_up.pk}&date=2026-12-01"
    starts = [slot["start"][11:16] for slot in owner.call("GET", query).json()["slots"]]
    assert starts[:2] == ["09:30", "10:00"]  # notice does not apply


def test_personal_events_and_absences(owner, anne):
    weekly = {
        "start": "2026-12-03T12:00:00+01:00", "end": "2026-12-03T13:00:00+01:00",
        "title": "Yoga", "rrule": "FREQ=WEEKLY;UNTIL=20261217T235959Z",
    }  # fmt: skip
    made = owner.call("POST", "office/personal-events", weekly)
    assert [one["start"][:10] for one in made.json()["items"]] == [
        "2026-12-03", "2026-12-10", "2026-12-17",
    ]  # fmt: skip
    first = made.json()["items"][0]["id"]
    assert owner.call("PATCH", f"office/personal-events/{first}", {"title": "Pause"}).json()[
        "title"
    ] == "Pause"  # fmt: skip
    assert owner.call("DELETE", f"office/personal-events/{first}").status_code == 204
    assert len(owner.call("GET", "office/personal-events").json()["items"]) == 2
    daily = owner.call(
        "POST", "office/personal-events",
        weekly | {"rrule": "FREQ=DAILY;COUNT=2", "start": "2026-12-03T07:00:00+01:00", "end": "2026-12-03T08:00:00+01:00"},
    )  # fmt: skip
    assert [one["start"][:10] for one in daily.json()["items"]] == ["2026-12-03", "2026-12-04"]
    for wrong in ("FREQ=WEEKLY;BYDAY=MO", "FREQ=HOURLY", "COUNT=1000000000", "x"):
        answer = owner.call("POST", "office/personal-events", weekly | {"rrule": wrong})
        assert_problem(answer, 422, "invalid")
    span = {"start": "2026-12-24T00:00:00+01:00", "end": "2027-01-02T00:00:00+01:00"}
    made = owner.call("POST", "office/absences", span)
    assert made.status_code == 201, made.content
    path = f"office/absences/{made.json()['id']}"
    assert owner.call("GET", path).json() == made.json()
    assert owner.call("DELETE", path).status_code == 204
    assert not Absence.objects.exists()
    backwards = {"start": span["end"], "end": span["start"]}
    assert_problem(owner.call("POST", "office/absences", backwards), 422, "invalid")


@pytest.mark.rule("3.12.15")
def test_a_series_without_end_is_changed_and_dropped_from_one_on(owner, anne, follow_up, julie):
    path = "office/personal-events"
    body = {
        "start": "2026-12-03T12:00:00+01:00", "end": "2026-12-03T13:00:00+01:00", "title": "Yoga",
        "note": "Tapis", "colour": "#2f6db0", "rrule": "FREQ=WEEKLY",
    }  # fmt: skip
    items = owner.call("POST", path, body).json()["items"]
    assert len(items) == 109
    assert len({one["series"] for one in items}) == 1
    assert {one["rrule"] for one in items} == {"FREQ=WEEKLY"}
    third = f"{path}/{items[2]['id']}"
    alone = owner.call("PATCH", third, {"start": "2026-12-18T12:00:00+01:00"}).json()
    assert (alone["end"][:16], alone["rrule"], alone["note"]) == ("2026-12-18T13:00", "", "Tapis")
    second = f"{path}/{items[1]['id']}"
    change = {"which": "following", "title": "Pilates", "rrule": "FREQ=WEEKLY;UNTIL=20261231"}
    changed = owner.call("PATCH", second, change).json()
    assert (changed["title"], changed["rrule"]) == ("Pilates", "FREQ=WEEKLY;UNTIL=20261231")
    titles = [(one["start"][8:10], one["title"]) for one in owner.call("GET", path).json()["items"]]
    assert sorted(titles) == [
        ("03", "Yoga"), ("10", "Pilates"), ("18", "Pilates"), ("24", "Pilates"), ("31", "Pilates"),
    ]  # fmt: skip
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW)
    met = {"start": "2026-12-03T09:00:00+01:00", "end": "2026-12-03T09:30:00+01:00"}
    assert_problem(owner.call("PATCH", third, met), 409, "slot_taken")
    assert owner.call("PATCH", third, met | {"allow_overlap": True}).status_code == 200
    changed = f"{path}/{changed['id']}"
    assert_problem(owner.call("DELETE", f"{changed}?which=some"), 422, "invalid")
    assert owner.call("DELETE", f"{changed}?which=following").status_code == 204
    assert [one["start"][8:10] for one in owner.call("GET", path).json()["items"]] == ["03"]
    for wrong in ({"colour": "red"}, {"end": "2026-12-01T09:00:00+01:00"}, {"which": "one"}):
        assert_problem(owner.call("PATCH", f"{path}/{items[0]['id']}", wrong), 422, "invalid")


@pytest.mark.rule("3.12.1")
def test_a_rule_that_is_not_kept_is_refused_where_it_was_written(owner, anne):
    path = "office/personal-events"
    lunch = {"start": "2026-12-03T12:00:00+01:00", "end": "2026-12-03T13:00:00+01:00"}
    first = owner.call("POST", path, lunch | {"rrule": "FREQ=WEEKLY;COUNT=3"}).json()["items"][0]
    standing = owner.call("GET", path).json()
    for wrong in (
        "FREQ=DAILY;INTERVAL=0;BYMONTH=4", "FREQ=WEEKLY;INTERVAL=0;BYMONTH=5;COUNT=1",
        f"FREQ=DAILY;INTERVAL={'9' * 26}", "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;BYMONTHDAY=0",
        "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=2", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=WEEKLY;BYDAY=1TH",
        "FREQ=DAILY;UNTIL=00010101T000000Z", "FREQ=DAILY;UNTIL=00010101",
    ):  # fmt: skip
        change = {"rrule": wrong, "which": "all", "allow_overlap": True}
        for answer in (
            owner.call("POST", path, lunch | {"rrule": wrong, "allow_overlap": True}),
            owner.call("PATCH", f"{path}/{first['id']}", change),
        ):
            problem = assert_problem(answer, 422, "invalid")
            assert [error["field"] for error in problem["errors"]] == ["rrule"], wrong
    for rule in ("FREQ=DAILY;COUNT=2", ""):
        answer = owner.call("PATCH", f"{path}/{first['id']}", {"rrule": rule, "title": "Midi"})
        (error,) = assert_problem(answer, 422, "invalid")["errors"]
        assert error["field"] == "rrule"
        assert "`following` or `all`" in error["message"]
    assert owner.call("GET", path).json() == standing


def test_what_would_be_left_outside_is_said_and_confirmed(owner, anne, follow_up, julie):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    absence = {"start": "2026-12-03T08:00:00+01:00", "end": "2026-12-03T12:00:00+01:00"}
    for method, path, body in (
        ("PUT", "office/schedule", {"thursday": [["10:00", "12:00"]]}),
        ("PATCH", f"office/appointment-types/{follow_up.pk}", {"schedule": {"monday": [["09:00", "12:00"]]}}),
        ("POST", "office/absences", absence),
    ):  # fmt: skip
        anne.schedule.write({3: [(540, 720)]})
        JournalEntry.objects.all().delete()
        problem = assert_problem(owner.call(method, path, body), 409, "stranded")
        assert JournalEntry.objects.get().act == "agenda", path  # she has read who is outside
        (outside,) = problem["appointments"]
        assert (outside["id"], outside["start"]) == (str(made.uid), "2026-12-03T09:00:00+01:00")
        assert not Absence.objects.exists()
        assert Appointment.objects.get().status == "confirmed"
        answer = owner.call(method, path, body | {"confirm": True})
        assert answer.status_code in (200, 201), answer.content
        assert "confirm" not in answer.json()


@pytest.mark.rule("3.1.10")
@pytest.mark.parametrize("year", ["1901", "2016", "2037"])
def test_nothing_is_put_more_than_ten_years_away_by_any_path(
    owner, patient, anne, follow_up, julie, year
):
    start = f"{year}-11-25T09:00:00Z"
    span = {"start": start, "end": f"{year}-11-25T10:00:00Z"}
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    event = owner.call("POST", "office/personal-events", {
        "start": "2026-12-04T09:00:00Z", "end": "2026-12-04T10:00:00Z",
    }).json()["items"][0]  # fmt: skip
    wanted = {"type": follow_up.pk, "practitioner": anne.pk, "start": start}
    one = f"office/appointments/{made.uid}"
    for script, method, path, body in (
        (patient, "POST", "practices/tilleuls/appointments", wanted),
        (patient, "POST", f"me/appointments/{made.uid}/move", {"start": start}),
        (owner, "POST", "office/appointments", wanted | {"patient": julie.pk}),
        (owner, "POST", f"{one}/move", {"start": start}),
        (owner, "POST", f"{one}/change", {"start": start, "end": f"{year}-11-25T09:20:00Z"}),
        (owner, "POST", "office/personal-events", span),
        (owner, "PATCH", f"office/personal-events/{event['id']}", span),
        (owner, "POST", "office/absences", span),
    ):
        problem = assert_problem(script.call(method, path, body), 422, "invalid")
        assert problem["errors"] == [{"field": "start", "message": "Within ten years of today."}]
    made.refresh_from_db()
    assert made.start == at(THURSDAY, "09:00")


def test_a_birth_date_is_of_somebody_who_lives(owner, julie):
    for day in ("2027-01-01", "1899-12-31"):
        for method, path in (("POST", "office/patients"), ("PATCH", f"office/patients/{julie.pk}")):
            body = {"first_name": "Lina", "last_name": "Petit", "birth_date": day}
            problem = assert_problem(owner.call(method, path, body), 422, "invalid")
            assert problem["errors"][0]["field"].endswith("birth_date")


@pytest.mark.parametrize("year", ["0001", "1899", "2201", "9999"])
def test_years_outside_are_invalid_at_every_door(
    owner, script_of, anybody, anne, follow_up, julie, year
):
    day, start = f"{year}-12-25", f"{year}-12-25T09:00:00Z"
    span = {"start": start, "end": f"{year}-12-25T10:00:00Z"}
    of_type = f"type={follow_up.pk}"
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    patient = script_of(julie.user)
    wanted = {"type": follow_up.pk, "practitioner": anne.pk, "start": start}
    for script, method, path, body in (
        (anybody, "GET", f"practices/tilleuls/slots?{of_type}&from={day}&to={day}", None),
        (patient, "POST", "practices/tilleuls/appointments", wanted),
        (patient, "POST", f"me/appointments/{made.uid}/move", {"start": start}),
        (owner, "GET", f"office/availability?{of_type}&date={day}", None),
        (owner, "GET", f"office/appointments?from={day}&to={day}", None),
        (owner, "POST", "office/appointments", wanted | {"patient": julie.pk}),
        (owner, "POST", f"office/appointments/{made.uid}/move", {"start": start}),
        (owner, "POST", "office/personal-events", span),
        (owner, "POST", "office/absences", span),
    ):
        assert_problem(script.call(method, path, body), 422, "invalid")


# --- Doors --------------------------------------------------------------------------------------

EVERYTHING = [
    ("GET", "office/practitioner", None),
    ("PATCH", "office/practitioner", {}),
    ("GET", "office/schedule", None),
    ("PUT", "office/schedule", MONDAY),
    ("GET", "office/appointment-types", None),
    ("POST", "office/appointment-types", {"name": "X", "duration_minutes": 30}),
    ("GET", "office/appointment-types/{type}", None),
    ("PATCH", "office/appointment-types/{type}", {"name": "Y"}),
    ("DELETE", "office/appointment-types/{type}", None),
    ("GET", "office/rooms", None),
    ("POST", "office/rooms", {"name": "X"}),
    ("GET", "office/rooms/{room}", None),
    ("PATCH", "office/rooms/{room}", {"name": "Y"}),
    ("DELETE", "office/rooms/{room}", None),
    ("GET", "office/patients", None),
    ("POST", "office/patients", {"first_name": "A", "last_name": "B"}),
    ("GET", "office/patients/{patient}", None),
    ("PATCH", "office/patients/{patient}", {}),
    ("DELETE", "office/patients/{patient}", None),
    ("POST", "office/patients/{patient}/invite", None),
    ("GET", "office/appointments?from=2026-12-01&to=2026-12-31", None),
    ("GET", "office/appointments/{appointment}", None),
    ("PATCH", "office/appointments/{appointment}", {}),
    ("POST", "office/appointments/{appointment}/move", {"start": "2026-12-03T11:00:00+01:00"}),
    ("POST", "office/appointments/{appointment}/cancel", None),
    ("GET", "office/availability?type={type}&date=2026-12-03", None),
    ("GET", "office/personal-events", None),
    ("GET", "office/absences", None),
    ("GET", "office/messages", None),
]
SETTINGS = {"PATCH office/practitioner", "PUT office/schedule", "POST office/appointment-types",
            "PATCH office/appointment-types/{type}", "DELETE office/appointment-types/{type}",
            "POST office/rooms", "PATCH office/rooms/{room}", "DELETE office/rooms/{room}"}  # fmt: skip


@pytest.fixture
def things(owner, anne, follow_up, julie):
    made = note(owner, follow_up, julie).json()
    room = follow_up.practice.rooms.create(name="Échographe")
    return {
        "type": follow_up.pk, "patient": julie.pk, "appointment": made["id"], "room": room.pk,
    }  # fmt: skip


def every(script, things):
    for method, path, body in EVERYTHING:
        yield f"{method} {path}", script.call(method, path.format(**things), body)


def test_nobody_and_patients_are_refused_everywhere(anybody, patient, things):
    for name, answer in every(anybody, things):
        assert_problem(answer, 401, "unauthenticated")
        assert answer["WWW-Authenticate"] == "Bearer", name
    for _name, answer in every(patient, things):
        assert_problem(answer, 403, "forbidden")


def test_an_assistant_changes_no_setting(script_of, team, practice, things):
    for name, answer in every(script_of(team["assistant"], practice), things):
        refused = name in SETTINGS or name == "DELETE office/patients/{patient}"
        assert (answer.status_code == 403) is refused, f"{name} {answer.content}"


def test_a_token_may_be_less_than_its_owner(script_of, team, practice, things):
    lesser = script_of(team["owner"], practice, "assistant")
    for name, answer in every(lesser, things):
        if name in SETTINGS:
            assert answer.status_code == 403, name
    with pytest.raises(ValueError, match="seat"):
        script_of(team["assistant"], practice, "owner")


def test_another_practice_reaches_nothing(script_of, elsewhere, things):
    for name, answer in every(script_of(elsewhere["owner"], elsewhere["practice"]), things):
        if "{" in name:
            assert_problem(answer, 404, "not_found")
        assert "Julie" not in answer.content.decode(), name
    assert AppointmentType.objects.filter(pk=things["type"]).exists()


def test_who_left_is_outside_at_once(script_of, team, practice, things):
    script = script_of(team["assistant"], practice)
    assert script.call("GET", "office/patients").status_code == 200
    practice.team.filter(user=team["assistant"]).delete()
    assert_problem(script.call("GET", "office/patients"), 401, "unauthenticated")


def test_where_a_type_happens_and_where_a_patient_lives(owner, anne, practice):
    body = {
        "name": "Vidéo",
        "duration_minutes": 30,
        "place": "video",
        "video_link": "https://v.example",
    }
    type = owner.call("POST", "office/appointment-types", body).json()
    assert (type["place"], type["video_link"]) == ("video", "https://v.example")
    for wrong in ({"place": "moon"}, {"video_link": "javascript:alert(1)"}):
        path = f"office/appointment-types/{type['id']}"
        assert_problem(owner.call("PATCH", path, wrong), 422, "invalid")
    home = {"street": "5 rue du Port", "postcode": "44000", "city": "Nantes", "access": "Code 1"}
    body = {"first_name": "Léa", "last_name": "Roux", **home}
    record = owner.call("POST", "office/patients", body).json()
    assert {name: record[name] for name in home} == home
    wanted = {"patient": record["id"], "type": type["id"], "practitioner": anne.pk}
    made = owner.call(
        "POST", "office/appointments", wanted | {"start": "2026-12-03T09:30:00+01:00"}
    )
    assert made.json()["place"]["link"] == "https://v.example"


def test_invitations_have_the_same_limit_as_on_the_pages(owner, practice):
    record = make_patient(practice, "Zoé", email="zoe@x.example")
    for _ in range(5):
        assert owner.call("POST", f"office/patients/{record.pk}/invite").status_code == 200
    answer = owner.call("POST", f"office/patients/{record.pk}/invite")
    assert_problem(answer, 429, "too_many_requests")
    assert answer["Retry-After"] == "86400"
    assert record.invitations.get().round == 5


@pytest.mark.rule("3.6.16")
def test_what_is_done_is_told_with_a_word_or_not(owner, practice, anne, follow_up, julie):
    long = make_type(practice, "Bilan", duration_minutes=60)
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW
    )
    path = f"office/appointments/{made.uid}"
    changed = owner.call("POST", f"{path}/change", {"type": long.pk, "tell_patient": False})
    assert changed.json()["end"] == "2026-12-03T10:00:00+01:00"
    moved = owner.call(
        "POST", f"{path}/move", {"start": "2026-12-03T11:00:00+01:00", "word": "À bientôt"}
    )
    assert moved.status_code == 200
    assert owner.call("POST", f"{path}/cancel", {"tell_patient": False}).status_code == 200
    told = made.history.values_list("action", "tells", "words")
    assert list(told) == [
        ("booked", True, ""), ("moved", False, ""), ("moved", True, "À bientôt"),
        ("cancelled", False, ""),
    ]  # fmt: skip
    for wrong in ({"word": "x" * 301}, {"tell_patient": 0}):
        assert_problem(owner.call("POST", f"{path}/cancel", wrong), 422, "invalid")
    crooked = {"end": "2026-12-03T08:00:00+01:00"}
    assert owner.call("POST", f"{path}/change", crooked).status_code in (400, 422)
    assert_problem(owner.call("POST", f"{path}/change", {"type": 99999}), 404, "not_found")


def test_a_patient_who_is_elsewhere_is_meant_or_refused(
    owner, practice, anne, ines, follow_up, julie
):
    first = note(owner, follow_up, julie, practitioner=ines.pk).json()
    body = assert_problem(note(owner, follow_up, julie, practitioner=anne.pk), 409, "patient_busy")
    assert body["appointment"] == first["id"]
    meant = note(owner, follow_up, julie, practitioner=anne.pk, allow_overlap=True)
    assert meant.status_code == 201


def test_the_next_free_times_over_weeks(owner, practice, anne, ines, follow_up):
    path = f"office/free?type={follow_up.pk}"
    body = owner.call("GET", f"{path}&limit=3").json()
    assert len(body["slots"]) == 3
    assert body["time_zone"] == "Europe/Paris"
    only = owner.call("GET", f"{path}&practitioner={ines.pk}&from=2026-12-04&part=am").json()[
        "slots"
    ]
    assert {slot["practitioner"] for slot in only} == {ines.pk}
    assert only[0]["start"] == "2026-12-10T09:00:00+01:00"  # her Thursdays
    afternoons = owner.call("GET", f"{path}&practitioner={anne.pk}&part=pm").json()["slots"]
    assert all(slot["start"][11:16] >= "14:00" for slot in afternoons)
    for wrong in ("limit=0", "limit=x", "part=noon", "from=x", "from=9999-12-31", "practitioner=x"):
        assert_problem(owner.call("GET", f"{path}&{wrong}"), 422, "invalid")
    assert_problem(owner.call("GET", "office/free?type=99999"), 404, "not_found")


def test_a_change_takes_notes_all_or_nothing(owner, anne, follow_up, julie):
    made = note(owner, follow_up, julie).json()
    path = f"office/appointments/{made['id']}/change"
    body = owner.call("POST", path, {"end": "2026-12-03T10:15:00+01:00", "notes": "Bilan"}).json()
    assert (body["notes"], body["end"]) == ("Bilan", "2026-12-03T10:15:00+01:00")
    note(owner, follow_up, julie, "2026-12-03T11:00:00+01:00")
    wrong = {"start": "2026-12-03T11:00:00+01:00", "notes": "Autre"}
    assert owner.call("POST", path, wrong).status_code == 409
    assert owner.call("GET", f"office/appointments/{made['id']}").json()["notes"] == "Bilan"


def test_a_change_of_the_patient(owner, practice, anne, elsewhere, follow_up, julie, on_tuesday):
    lina = make_patient(practice, "Lina")
    made = note(owner, follow_up, julie).json()
    path = f"office/appointments/{made['id']}/change"
    assert owner.call("POST", path, {"patient": lina.pk}).json()["patient"] == lina.pk
    foreign = {"patient": elsewhere["patient"].pk}
    assert_problem(owner.call("POST", path, foreign), 404, "not_found")
    on_tuesday.shift(timedelta(hours=2))
    later = {"patient": julie.pk, "end": "2026-12-03T10:15:00+01:00"}
    assert_problem(owner.call("POST", path, later), 409, "too_late")
    again = owner.call("GET", f"office/appointments/{made['id']}").json()
    assert (again["patient"], again["end"]) == (lina.pk, made["end"])  # all or nothing


def test_her_own_midwife(owner, anne, elsewhere, julie):
    path = f"office/patients/{julie.pk}"
    body = owner.call("PATCH", path, {"own_practitioner": anne.pk}).json()
    assert body["own_practitioner"] == anne.pk
    foreign = {"own_practitioner": elsewhere["practitioner"].pk}
    assert_problem(owner.call("PATCH", path, foreign), 404, "not_found")
    assert owner.call("PATCH", path, {"city": "Rennes"}).json()["own_practitioner"] == anne.pk
    assert owner.call("PATCH", path, {"own_practitioner": None}).json()["own_practitioner"] is None


@pytest.mark.rule("3.4.13")
@pytest.mark.parametrize("looked", [False, True])
def test_an_expired_request_is_neither_confirmed_nor_declined(
    owner, anne, follow_up, julie, on_tuesday, looked
):
    start = NOW + timedelta(minutes=1)
    by = By.practice(None)
    made = book_appointment(follow_up, anne, start, julie, by=by, now=NOW, unconfirmed=True)
    on_tuesday.move_to(start, tick=False)
    if looked:
        follow_requests(start)
    path = f"office/appointments/{made.uid}"
    for method, to, body in (
        ("PATCH", path, {"status": "confirmed"}),
        ("POST", f"{path}/cancel", None),
    ):
        assert_problem(owner.call(method, to, body), 409, "request_expired")
    made.refresh_from_db()
    assert made.status == ("cancelled" if looked else "unconfirmed")


@pytest.mark.rule("3.5.2")
def test_an_address_of_another_record_is_confirmed(owner, practice, julie):
    lina = make_patient(practice, "Lina", last_name="Roy", email="lina@patiente.example")
    new = {"first_name": "Mia", "last_name": "Roy", "email": "LINA@patiente.example"}
    for method, path, body, status in (
        ("PATCH", f"office/patients/{julie.pk}", {"email": lina.email}, 200),
        ("POST", "office/patients", new, 201),
    ):
        problem = assert_problem(owner.call(method, path, body), 409, "address_shared")
        assert lina.pk in problem["records"]
        assert owner.call(method, path, body | {"confirm": True}).status_code == status
    again = owner.call(
        "PATCH", f"office/patients/{julie.pk}", {"email": lina.email, "city": "Rennes"}
    )
    assert again.status_code == 200  # it has it already


@pytest.mark.rule("3.5.7")
@pytest.mark.parametrize("field", ["mobile", "phone", "contact_phone"])
def test_a_number_with_letters_is_none(owner, julie, field):
    path, letters = f"office/patients/{julie.pk}", {field: "FREQ=DAILY;COUNT=999999999"}
    problem = assert_problem(owner.call("PATCH", path, letters), 422, "invalid")
    assert problem["errors"] == [{"field": field, "message": "this is not a phone number"}]
    assert owner.call("GET", path).json()[field] == ""


@pytest.mark.rule("3.5.7")
def test_two_numbers_in_one_field_are_called_so(owner, julie):
    body = {"mobile": "06 39 98 12 34 / 06 39 98 12 35"}
    problem = assert_problem(
        owner.call("PATCH", f"office/patients/{julie.pk}", body), 422, "invalid"
    )
    assert problem["errors"] == [
        {"field": "mobile", "message": "these are two numbers: one a field"}
    ]


def test_a_personal_event_is_given_to_a_colleague(owner, anne, ines):
    body = {"start": "2026-12-04T09:00:00Z", "end": "2026-12-04T10:00:00Z", "practitioner": anne.pk}
    made = owner.call("POST", "office/personal-events", body).json()["items"][0]
    path = f"office/personal-events/{made['id']}"
    assert owner.call("PATCH", path, {"practitioner": ines.pk}).json()["practitioner"] == ines.pk
    assert_problem(owner.call("PATCH", path, {"practitioner": 99999}), 404, "not_found")


def test_whose_a_type_is(owner, anne, ines, elsewhere):
    path = "office/appointment-types"
    made = owner.call(
        "POST",
        path,
        {"name": "À deux", "duration_minutes": 30, "practitioners": [anne.pk, ines.pk]},
    ).json()
    assert (made["practitioner"], made["practitioners"]) == (None, [anne.pk, ines.pk])
    one = f"{path}/{made['id']}"
    alone = owner.call("PATCH", one, {"practitioners": [ines.pk]}).json()
    assert (alone["practitioner"], alone["practitioners"]) == (ines.pk, [ines.pk])
    renamed = owner.call("PATCH", one, {"name": "Autre"}).json()
    assert renamed["practitioners"] == [ines.pk]
    stranger = elsewhere["practitioner"].pk
    assert_problem(owner.call("PATCH", one, {"practitioners": [stranger]}), 404, "not_found")
    assert_problem(owner.call("PATCH", one, {"practitioners": []}), 422, "invalid")
    everybody = owner.call("PATCH", one, {"practitioners": None}).json()
    assert (everybody["practitioner"], everybody["practitioners"]) == (None, None)


@pytest.mark.rule("3.2.13")
def test_a_practitioner_hands_no_type_to_colleagues_and_takes_none(
    owner, script_of, practice, anne, ines, follow_up
):
    colleague, path = script_of(ines.user, practice), "office/appointment-types"
    one = f"{path}/{follow_up.pk}"
    for keys in ([ines.pk], [anne.pk], [anne.pk, ines.pk]):
        assert_problem(colleague.call("PATCH", one, {"practitioners": keys}), 403, "forbidden")
        body = {"name": f"À {keys}", "duration_minutes": 30, "practitioners": keys}
        made = colleague.call("POST", path, body)
        assert made.status_code == (201 if keys == [ines.pk] else 403)
    assert (
        colleague.call("PATCH", one, {"practitioners": None, "name": "À nous"}).status_code == 200
    )
    assert owner.call("PATCH", one, {"practitioners": [ines.pk]}).status_code == 200
    assert_problem(colleague.call("PATCH", one, {"practitioners": None}), 403, "forbidden")


@pytest.mark.rule("3.1.8")
def test_whoever_is_taken_off_a_type_is_asked_about(owner, practice, anne, follow_up, julie):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW
    )
    path = f"office/appointment-types/{follow_up.pk}"
    hers = {"practitioners": [ines.pk]}
    problem = assert_problem(owner.call("PATCH", path, hers), 409, "stranded")
    assert [one["id"] for one in problem["appointments"]] == [str(made.uid)]
    assert owner.call("GET", path).json()["practitioners"] is None
    assert_problem(owner.call("PATCH", path, {"practitioners": []}), 422, "invalid")
    assert owner.call("PATCH", path, {"practitioners": [ines.pk, anne.pk]}).status_code == 200
    assert owner.call("PATCH", path, hers | {"confirm": True}).json()["practitioners"] == [ines.pk]
