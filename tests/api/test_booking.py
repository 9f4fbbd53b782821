"""A practice as scripts see it, and a patient's own appointments."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment, HistoryEntry
from maia.schedules.models import Schedule
from tests.api.conftest import Script, assert_problem
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user


def slots(script, type, **asked):
    asked = {"type": type.pk, "from": "2026-12-03", "to": "2026-12-03", **asked}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return script.call("GET", f"practices/tilleuls/slots?{query}")


def book(script, type, practitioner, start="2026-12-03T09:30:00+01:00", note="", **headers):
    body = {"type": type.pk, "practitioner": practitioner.pk, "start": start, "note": note}
    return script.call("POST", "practices/tilleuls/appointments", body, **headers)


def test_a_practice_and_its_types(anybody, anne, follow_up):
    make_type(anne.practice, "Caché", allow_online_booking=False)
    answer = anybody.call("GET", "practices/tilleuls")
    assert answer.json() == {
        "name": "Cabinet des Tilleuls",
        "slug": "tilleuls",
        "time_zone": "Europe/Paris",
        "practitioners": [{"id": anne.pk, "name": "Anne Morel"}],
        "places": [],
    }
    (only,) = anybody.call("GET", "practices/tilleuls/appointment-types").json()["items"]
    assert (only["name"], only["duration_minutes"], only["practitioners"]) == (
        "Suivi de grossesse", 30, [anne.pk],
    )  # fmt: skip
    assert_problem(anybody.call("GET", "practices/personne"), 404, "not_found")
    assert_problem(anybody.call("GET", "nothing/at/all"), 404, "not_found")


@pytest.mark.rule("3.3.4")
def test_slots_are_those_of_the_booking_page(anybody, anne, follow_up):
    body = slots(anybody, follow_up).json()
    assert body["time_zone"] == "Europe/Paris"
    assert body["slots"][0] == {
        "start": "2026-12-03T09:00:00+01:00",
        "end": "2026-12-03T09:30:00+01:00",
        "practitioner": anne.pk,
        "seats_left": 1,
        "place": None,
    }
    assert len(body["slots"]) == 14
    assert body["next"] == "2026-12-04"


def test_slots_are_asked_again_for_nothing(anybody, anne, follow_up, patient):
    first = slots(anybody, follow_up)
    again = Script().get(
        f"/api/v1/practices/tilleuls/slots?type={follow_up.pk}&from=2026-12-03&to=2026-12-03",
        headers={"if-none-match": first["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    book(patient, follow_up, anne)
    assert slots(anybody, follow_up)["ETag"] != first["ETag"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "03/12/2026"}, "from"),
        ({"from": "20261203"}, "from"),
        ({"to": "2026-12-02"}, "to"),
        ({"to": "2027-12-02"}, "to"),
    ],
)
def test_unreadable_questions(anybody, anne, follow_up, asked, field):
    body = assert_problem(slots(anybody, follow_up, **asked), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == [field]


def test_queries_for_slots_are_few(anybody, anne, follow_up, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):  # the offer, and all that slots are made of
        assert slots(anybody, follow_up).json()["next"] == "2026-12-04"
    anne.absences.create(start=at(THURSDAY, "00:00"), end=at(THURSDAY, "00:00") + timedelta(30))
    with django_assert_max_num_queries(2):  # the next free day is farther than four days
        assert slots(anybody, follow_up).json()["next"] == "2027-01-02"


def test_queries_for_a_booking_are_few(
    patient, anne, follow_up, julie, django_assert_max_num_queries
):
    book(patient, follow_up, anne)
    # Her token, the offer, her record; thirteen for the booking at most, and its transaction's marks.
    with django_assert_max_num_queries(16):
        assert book(patient, follow_up, anne, "2026-12-03T10:30:00+01:00").status_code == 201


def test_a_patient_books_moves_and_cancels(patient, anne, follow_up, julie):
    made = book(patient, follow_up, anne, note="Bonjour")
    assert made.status_code == 201
    body = made.json()
    assert body["start"] == "2026-12-03T09:30:00+01:00"
    assert body["end"] == "2026-12-03T10:00:00+01:00"
    assert (body["status"], body["note"], body["can_change"]) == ("confirmed", "Bonjour", True)
    stored = Appointment.objects.get(uid=body["id"])
    assert (stored.patient, stored.booked_online) == (julie, True)
    there = {"start": "2026-12-03T15:00:00+01:00"}
    moved = patient.call("POST", f"me/appointments/{body['id']}/move", there)
    assert moved.json()["start"] == "2026-12-03T15:00:00+01:00"
    (listed,) = patient.call("GET", "me/appointments").json()["items"]
    assert listed == moved.json()
    path = f"me/appointments/{body['id']}/cancel"
    assert_problem(patient.call("POST", path, {"word": "é" * 301}), 422, "invalid")
    cancelled = patient.call("POST", path, {"word": "Mon fils est malade."})
    assert HistoryEntry.objects.last().words == "Mon fils est malade."
    assert cancelled.json()["status"] == "cancelled"
    there = {"start": "2026-12-03T16:00:00+01:00"}
    refused = patient.call("POST", f"me/appointments/{body['id']}/move", there)
    assert_problem(refused, 409, "already_cancelled")


def test_a_taken_slot_comes_with_others(patient, script_of, anne, follow_up, practice):
    other = make_patient(practice, "Zoé", make_user("zoe@patiente.example"))
    assert book(script_of(other.user), follow_up, anne).status_code == 201
    body = assert_problem(book(patient, follow_up, anne), 409, "slot_taken")
    assert body["alternatives"][0]["practitioner"] == anne.pk
    assert "2026-12-03T09:30:00+01:00" not in {one["start"] for one in body["alternatives"]}


def test_who_moves_is_shown_the_nearest_too(patient, anne, follow_up, practice):
    made = book(patient, follow_up, anne).json()
    taken = make_type(practice, "Long", minutes=40)
    zoe = make_patient(practice, "Zoé")
    book_appointment(taken, anne, at(THURSDAY, "14:00"), zoe, by=By.practice(None), now=NOW)
    for start in (
        "2026-12-03T14:00:00+01:00",
        "2026-12-03T15:00:00+01:00",
    ):  # taken; off the grid now
        answer = patient.call("POST", f"me/appointments/{made['id']}/move", {"start": start})
        body = assert_problem(answer, 409, "slot_taken")
        assert "2026-12-03T14:40:00+01:00" in {one["start"] for one in body["alternatives"]}


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("2026-12-03T09:10:00+01:00", "not_offered"),
        ("2026-12-01T10:30:00+01:00", "too_soon"),
        ("2028-12-01T09:00:00+01:00", "too_far"),
    ],
)
def test_what_is_not_on_offer(patient, anne, follow_up, start, reason):
    body = assert_problem(book(patient, follow_up, anne, start), 422, "not_bookable")
    assert body["alternatives"]
    assert body["reason"] == reason


def test_unreadable_bookings(patient, anne, follow_up):
    for start in ("2026-12-03T09:30:00", 1796290200, "demain", None):
        body = assert_problem(book(patient, follow_up, anne, start), 422, "invalid")
        assert body["errors"][0]["field"].endswith("start")
    answer = patient.generic(
        "POST", "/api/v1/practices/tilleuls/appointments", data="{", content_type="application/json"
    )
    assert_problem(answer, 400, "unreadable")


def test_the_same_request_twice_is_one_appointment(patient, anne, follow_up):
    key = {"idempotency-key": "abc"}
    first = book(patient, follow_up, anne, **key)
    again = book(patient, follow_up, anne, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Appointment.objects.count() == 1
    other = book(patient, follow_up, anne, "2026-12-03T10:30:00+01:00", **key)
    assert_problem(other, 422, "idempotency_key_reused")
    assert Appointment.objects.count() == 1


def test_a_refusal_is_not_kept(patient, anne, follow_up, on_tuesday):
    key = {"idempotency-key": "abc"}
    late = "2027-03-20T09:00:00+01:00"
    assert_problem(book(patient, follow_up, anne, late, **key), 422, "not_bookable")
    anne.booking_horizon_days = 365
    anne.save()
    assert book(patient, follow_up, anne, late, **key).status_code == 201


def test_without_a_record_there_is_no_booking(script_of, anne, follow_up):
    stranger = script_of(make_user("new@patiente.example"))
    assert_problem(book(stranger, follow_up, anne), 403, "unknown_patient")


def test_nobody_touches_what_is_not_hers(patient, script_of, anne, follow_up, practice):
    hers = book(patient, follow_up, anne).json()["id"]
    other = make_patient(practice, "Zoé", make_user("zoe@patiente.example"))
    script = script_of(other.user)
    assert script.call("GET", "me/appointments").json()["items"] == []
    there = {"start": "2026-12-03T15:00:00+01:00"}
    assert_problem(script.call("POST", f"me/appointments/{hers}/move", there), 404, "not_found")
    assert_problem(script.call("POST", f"me/appointments/{hers}/cancel"), 404, "not_found")
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")


def test_too_many_requests(anybody, anne, follow_up, settings):
    settings.READS_A_MINUTE = 3
    answers = [slots(anybody, follow_up) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert_problem(answers[-1], 429, "too_many_requests")
    assert answers[-1]["Retry-After"] == "60"


def test_a_visit_at_home_needs_an_address_and_keeps_it(patient, anybody, practice, anne, julie):
    visit = make_type(practice, "Visite", place="home")
    (shown,) = anybody.call("GET", "practices/tilleuls/appointment-types").json()["items"]
    assert shown["place"] == "home"
    assert_problem(book(patient, visit, anne), 422, "not_bookable")
    body = {"type": visit.pk, "practitioner": anne.pk, "start": "2026-12-03T09:30:00+01:00"}
    home = {"street": "5 rue du Port", "postcode": "44000", "city": "Nantes", "access": "Code 1"}
    path = "practices/tilleuls/appointments"
    half = patient.call("POST", path, body | {"address": {"street": "5 rue du Port"}})
    assert_problem(half, 422, "invalid")
    place = patient.call("POST", path, body | {"address": home}).json()["place"]
    assert (place["kind"], place["address"]) == ("home", "5 rue du Port, 44000 Nantes")
    julie.refresh_from_db()
    assert julie.access == "Code 1"


@pytest.mark.rule("3.4.14")
def test_a_patient_who_is_elsewhere_then_is_told_where(patient, anne, follow_up, practice):
    ines = practice.practitioners.create(first_name="Inès", last_name="Haddad", position=1)
    Schedule.objects.create(practitioner=ines).write(dict.fromkeys(range(7), [(540, 720)]))
    first = book(patient, follow_up, anne).json()
    body = assert_problem(book(patient, follow_up, ines), 409, "patient_busy")
    assert body["appointment"] == first["id"]
    starts = [slot["start"] for slot in body["alternatives"]]
    assert "2026-12-03T09:00:00+01:00" in starts
    assert "2026-12-03T09:30:00+01:00" not in starts
    other = book(patient, follow_up, ines, "2026-12-03T10:30:00+01:00").json()
    there = {"start": "2026-12-03T09:30:00+01:00"}
    moved = patient.call("POST", f"me/appointments/{other['id']}/move", there)
    assert_problem(moved, 409, "patient_busy")


@pytest.mark.rule("3.2.12")
def test_a_type_by_private_link_is_asked_for_with_it(anybody, patient, owner, anne, follow_up):
    path = f"office/appointment-types/{follow_up.pk}"
    assert_problem(owner.call("POST", f"{path}/renew-link"), 409, "no_link")
    made = owner.call("PATCH", path, {"private_link": True}).json()
    assert made["private_link"] is True
    token = made["link"].rstrip("/").partition(f"/book/{follow_up.pk}-")[2]
    assert anybody.call("GET", "practices/tilleuls/appointment-types").json() == {"items": []}
    assert_problem(slots(anybody, follow_up), 404, "not_found")
    assert_problem(slots(anybody, follow_up, link="x"), 404, "not_found")
    assert slots(anybody, follow_up, link=token).json()["slots"]
    body = {"type": follow_up.pk, "practitioner": anne.pk, "start": "2026-12-03T09:30:00+01:00"}
    where = "practices/tilleuls/appointments"
    assert_problem(patient.call("POST", where, body), 404, "not_found")
    assert patient.call("POST", where, body | {"link": token}).status_code == 201
    renewed = owner.call("POST", f"{path}/renew-link").json()["link"]
    assert token not in renewed
    assert_problem(slots(anybody, follow_up, link=token), 404, "not_found")
    back = owner.call("PATCH", path, {"private_link": False}).json()
    assert (back["private_link"], back["link"]) == (False, None)
    assert slots(anybody, follow_up).json()["slots"]
