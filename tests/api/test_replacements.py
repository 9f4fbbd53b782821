"""Replacements as a script makes them, and what patients are offered then (rule 3.10)."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.practices.models import Replacement
from maia.privacy.models import JournalEntry
from maia.schedules.models import Schedule
from tests.api.conftest import assert_problem
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.gone import gone_once_read

DAY, NEXT = THURSDAY.isoformat(), (THURSDAY + timedelta(days=1)).isoformat()
AFTER = (THURSDAY + timedelta(days=2)).isoformat()


@pytest.fixture(autouse=True)
def hours(anne, ines):
    anne.schedule.write(dict.fromkeys(range(7), [(540, 600)]))
    schedule, _made = Schedule.objects.get_or_create(practitioner=ines)
    schedule.write(dict.fromkeys(range(7), [(840, 900)]))


@pytest.fixture
def hers(anne):
    return make_type(anne.practice, practitioner=anne)


@pytest.fixture
def wanted(anne, ines):
    return {
        "practitioner": anne.pk, "substitute": ines.pk, "first_date": DAY, "last_date": NEXT,
        "hours": "substitute",
    }  # fmt: skip


@pytest.fixture
def booked(hers, anne, julie):
    by = By.practice(None)
    return book_appointment(hers, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)


def starts(script, type, practitioner, day):
    path = f"practices/tilleuls/slots?type={type.pk}&from={day}&to={day}"
    if practitioner:
        path += f"&practitioner={practitioner.pk}"
    slots = script.call("GET", path).json().get("slots", [])
    return [(slot["practitioner"], slot["start"][11:16]) for slot in slots]


@pytest.mark.rule("3.10.2")
@pytest.mark.rule("3.10.3")
def test_the_substitute_is_booked_in_place_of_who_is_replaced(
    owner, patient, anne, ines, hers, wanted
):
    made = owner.call("POST", "office/replacements", wanted)
    assert made.status_code == 201
    one = f"office/replacements/{made.json()['id']}"
    assert owner.call("GET", one).json() == made.json() == wanted | {"id": made.json()["id"]}
    assert owner.call("GET", "office/replacements").json()["items"] == [made.json()]
    theirs = [(ines.pk, "14:00"), (ines.pk, "14:30")]
    assert starts(patient, hers, None, DAY) == starts(patient, hers, ines, DAY) == theirs
    assert starts(patient, hers, anne, DAY) == []
    assert starts(patient, hers, None, AFTER) == [(anne.pk, "09:00"), (anne.pk, "09:30")]

    def book(who, start):
        typed = {"type": hers.pk, "practitioner": who.pk, "start": start.isoformat()}
        return patient.call("POST", "practices/tilleuls/appointments", typed)

    assert_problem(book(anne, at(THURSDAY, "09:00")), 422, "not_bookable")
    assert book(ines, at(THURSDAY, "14:00")).status_code == 201
    by_hers = wanted | {"hours": "replaced", "confirm": True}
    assert owner.call("PUT", one, by_hers).json()["hours"] == "replaced"
    assert starts(patient, hers, None, DAY) == [(ines.pk, "09:00"), (ines.pk, "09:30")]
    assert owner.call("DELETE", f"{one}?confirm=true").status_code == 204
    assert starts(patient, hers, None, DAY) == [(anne.pk, "09:00"), (anne.pk, "09:30")]
    lines = JournalEntry.objects.filter(act="settings", detail__contains="replaces")
    assert lines.count() == 3


@pytest.mark.rule("3.10.1")
def test_what_cannot_be_is_refused_at_its_field_with_the_other_ones_name(
    owner, wanted, anne, ines, elsewhere
):
    def field(**other):
        answer = owner.call("POST", "office/replacements", wanted | other)
        (error,) = assert_problem(answer, 422, "invalid")["errors"]
        return error["field"], error["message"]

    assert field(substitute=anne.pk)[0] == "substitute"
    assert field(substitute=elsewhere["practitioner"].pk)[0] == "substitute"
    assert field(practitioner=10**9)[0] == "practitioner"
    assert field(last_date="2026-12-02")[0] == "last_date"
    assert owner.call("POST", "office/replacements", wanted).status_code == 201
    assert field() == ("first_date", f"replaced by {ines.name} already on some of these dates")
    assert field(practitioner=ines.pk, substitute=anne.pk)[0] in ("substitute", "practitioner")
    assert Replacement.objects.count() == 1


@pytest.mark.rule("3.10.4")
def test_what_is_booked_already_is_named_and_handed_over(
    owner, wanted, booked, anne, ines, elsewhere
):
    refused = assert_problem(owner.call("POST", "office/replacements", wanted), 409, "stranded")
    assert [one["id"] for one in refused["appointments"]] == [str(booked.uid)]
    assert not Replacement.objects.exists()
    made = owner.call("POST", "office/replacements", wanted | {"confirm": True})
    booked.event.refresh_from_db()
    assert (made.status_code, booked.event.practitioner) == (201, anne)
    one = f"office/replacements/{made.json()['id']}"

    def hand_over(**typed):
        return owner.call("POST", f"{one}/hand-over", {"appointments": [str(booked.uid)]} | typed)

    assert_problem(hand_over(appointments=["00000000-0000-4000-8000-000000000000"]), 422, "invalid")
    answer = hand_over(word="Inès vous attend.")
    assert (answer.status_code, answer.json()) == (200, {"appointments": [str(booked.uid)]})
    booked.refresh_from_db()
    booked.event.refresh_from_db()
    assert (booked.event.practitioner, booked.sequence) == (ines, 1)
    assert booked.event.start == at(THURSDAY, "09:00")
    announce(NOW)
    told = Message.objects.filter(appointment=booked, kind="moved", recipient="patient")
    assert told.exists()
    assert hand_over().status_code == 200  # hers already
    # What she has by then stays with her, and is named.
    assert_problem(owner.call("DELETE", one), 409, "stranded")
    assert_problem(owner.call("PUT", one, wanted | {"first_date": NEXT}), 409, "stranded")
    assert owner.call("DELETE", f"{one}?confirm=true").status_code == 204


def test_nothing_is_handed_over_where_she_has_something_else(
    owner, wanted, booked, hers, anne, ines, julie
):
    later = book_appointment(
        hers, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW
    )
    own = make_type(anne.practice, practitioner=ines)
    book_appointment(
        own, ines, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW, allow_overlap=True
    )
    made = owner.call("POST", "office/replacements", wanted | {"confirm": True}).json()
    both = {"appointments": [str(booked.uid), str(later.uid)]}
    answer = owner.call("POST", f"office/replacements/{made['id']}/hand-over", both)
    assert assert_problem(answer, 409, "slot_taken")["appointments"] == [str(later.uid)]
    booked.event.refresh_from_db()
    assert booked.event.practitioner == anne


def test_the_preview_says_it_for_both(owner, wanted, anne, ines):
    owner.call("POST", "office/replacements", wanted | {"hours": "replaced"})

    def of(who, day):
        path = f"office/schedule/preview?practitioner={who.pk}&from={day}&to={day}"
        (said,) = owner.call("GET", path).json()["days"]
        return said["hours"], said["because"], said["title"]

    assert of(anne, DAY) == ([], "replacement", ines.name)
    assert of(ines, DAY) == (
        [["09:00", "10:00"], ["14:00", "15:00"]], "replacement", anne.name,
    )  # fmt: skip
    assert of(anne, AFTER) == ([["09:00", "10:00"]], "usual", "")


def test_it_is_the_owners(script_of, team, practice, owner, wanted, elsewhere):
    made = owner.call("POST", "office/replacements", wanted).json()
    one = f"office/replacements/{made['id']}"
    colleague = script_of(team["practitioner"], practice)
    stranger = script_of(elsewhere["owner"], elsewhere["practice"])
    for method, path in (("GET", one), ("PUT", one), ("DELETE", one), ("POST", f"{one}/hand-over")):
        body = {"appointments": ["00000000-0000-4000-8000-000000000000"]}
        typed = {"PUT": wanted, "POST": body}.get(method)
        assert_problem(colleague.call(method, path, typed), 403, "forbidden")
        assert_problem(stranger.call(method, path, typed), 404, "not_found")
    assert_problem(colleague.call("POST", "office/replacements", wanted), 403, "forbidden")
    assert Replacement.objects.count() == 1


def test_what_is_ended_meanwhile_is_not_there(owner, wanted):
    made = owner.call("POST", "office/replacements", wanted).json()
    with gone_once_read(Replacement.objects.filter(pk=made["id"])):
        answer = owner.call("PUT", f"office/replacements/{made['id']}", wanted)
    assert_problem(answer, 404, "not_found")
