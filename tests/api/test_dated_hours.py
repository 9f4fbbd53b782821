"""Turns, periods, exceptional openings and what holds on a date, as a script writes and reads them."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.practices.models import Practitioner
from maia.privacy.models import JournalEntry
from maia.schedules.models import Period, Schedule, SpecialDay
from tests.api.conftest import assert_problem
from tests.conftest import NOW, THURSDAY, at, make_type

MORNING = {"thursday": [["09:00", "12:00"]]}
EVENING = {"thursday": [["18:00", "20:00"]]}
MONDAY = (THURSDAY - timedelta(days=3)).isoformat()
DAY = THURSDAY.isoformat()
SUMMER = {
    "name": "Été", "first_date": "2027-07-01", "last_date": "2027-08-31", "weeks": [EVENING],
}  # fmt: skip
OPENING = {"date": DAY, "hours": [["18:00", "20:00"]], "title": "Garde"}


@pytest.fixture(autouse=True)
def thursdays(anne):
    anne.schedule.write({3: [(540, 720)]})


def hours_on(owner, first, last, path="office/schedule"):
    days = owner.call("GET", f"{path}/preview?from={first}&to={last}").json()["days"]
    return [(day["hours"], day["because"], day["title"]) for day in days]


def starts(script, type, day):
    anne = type.practice.practitioners.get(last_name="Morel")
    path = f"practices/tilleuls/slots?type={type.pk}&practitioner={anne.pk}&from={day}&to={day}"
    return [slot["start"][11:16] for slot in script.call("GET", path).json()["slots"]]


@pytest.mark.rule("3.1.11")
def test_weeks_take_turns(owner, patient, follow_up, anne):
    assert owner.call("GET", "office/schedule/turn").json() == {
        "weeks": [MORNING], "by": "monday", "first_monday": None,
    }  # fmt: skip
    turn = {"weeks": [MORNING, EVENING], "by": "monday", "first_monday": MONDAY}
    answer = owner.call("PUT", "office/schedule/turn", turn)
    assert (answer.status_code, answer.json()) == (200, turn)
    assert owner.call("GET", "office/schedule/turn").json() == turn
    next_week = (THURSDAY + timedelta(weeks=1)).isoformat()
    assert starts(patient, follow_up, DAY)[0] == "09:00"
    assert starts(patient, follow_up, next_week) == ["18:00", "18:30", "19:00", "19:30"]
    assert hours_on(owner, next_week, next_week) == [([["18:00", "20:00"]], "turn", "")]
    # A client that knows the usual week alone keeps the rest.
    assert (
        owner.call("PUT", "office/schedule", {"thursday": [["10:00", "12:00"]]}).status_code == 200
    )
    assert owner.call("GET", "office/schedule/turn").json()["weeks"][1] == EVENING
    by_number = {"weeks": [MORNING, EVENING], "by": "week_number", "first_monday": None}
    assert owner.call("PUT", "office/schedule/turn", by_number).json() == by_number
    assert JournalEntry.objects.filter(act="settings", detail__startswith="weeks of").count() == 2


@pytest.mark.parametrize(
    ("turn", "field"),
    [
        ({"weeks": []}, "weeks"),
        ({"weeks": [MORNING] * 5, "first_monday": MONDAY}, "weeks"),
        ({"weeks": [MORNING] * 2}, "first_monday"),
        ({"weeks": [MORNING] * 2, "first_monday": DAY}, "first_monday"),
        ({"weeks": [MORNING] * 2, "first_monday": "0001-01-01"}, "first_monday"),
        ({"weeks": [MORNING] * 3, "by": "week_number"}, "weeks"),
        ({"weeks": [MORNING] * 2, "by": "week_number", "first_monday": MONDAY}, "first_monday"),
        ({"weeks": [{"thursday": [["09:00", "09:00"]]}]}, "thursday"),
        ({"weeks": [{"jeudi": []}]}, "jeudi"),
    ],
)
def test_a_turn_that_cannot_be_is_refused_at_its_field(owner, turn, field):
    problem = assert_problem(owner.call("PUT", "office/schedule/turn", turn), 422, "invalid")
    assert field in problem["errors"][0]["field"]
    assert " " in problem["errors"][0]["message"]  # in words, for people
    assert owner.call("GET", "office/schedule/turn").json()["weeks"] == [MORNING]


@pytest.mark.rule("3.1.12")
def test_a_period_replaces_the_usual_weeks(owner, patient, follow_up):
    made = owner.call("POST", "office/schedule/periods", SUMMER)
    assert made.status_code == 201
    period = made.json()
    assert period == SUMMER | {"id": period["id"], "by": "monday", "first_monday": None}
    assert owner.call("GET", "office/schedule/periods").json()["items"] == [period]
    one = f"office/schedule/periods/{period['id']}"
    assert owner.call("GET", one).json() == period
    assert hours_on(owner, "2027-06-24", "2027-06-24") == [([["09:00", "12:00"]], "usual", "")]
    assert hours_on(owner, "2027-07-01", "2027-07-01") == [([["18:00", "20:00"]], "period", "Été")]
    for_good = SUMMER | {"last_date": None, "name": "Pour de bon"}
    assert owner.call("PUT", one, for_good).json()["last_date"] is None
    assert hours_on(owner, "2028-07-06", "2028-07-06")[0][2] == "Pour de bon"
    assert owner.call("DELETE", one).status_code == 204
    assert not Period.objects.exists()


@pytest.mark.rule("3.1.12")
def test_two_periods_that_overlap_are_refused_with_the_other_ones_name(owner):
    owner.call("POST", "office/schedule/periods", SUMMER)
    for dates in (
        {"first_date": "2027-08-31", "last_date": None},
        {"first_date": "2027-06-01", "last_date": "2027-07-01"},
        {"first_date": "2027-09-02", "last_date": "2027-09-01"},
    ):
        other = SUMMER | {"name": "Autre"} | dates
        problem = assert_problem(
            owner.call("POST", "office/schedule/periods", other), 422, "invalid"
        )
        (error,) = problem["errors"]
        assert error["field"] == "last_date"
        assert ("Été" in error["message"]) is (dates["last_date"] != "2027-09-01")
    assert Period.objects.count() == 1
    touching = SUMMER | {"name": "Rentrée", "first_date": "2027-09-01", "last_date": None}
    assert owner.call("POST", "office/schedule/periods", touching).status_code == 201


@pytest.mark.rule("3.1.13")
def test_an_exceptional_opening_replaces_its_date(owner, patient, follow_up, practice, anne):
    made = owner.call("POST", "office/schedule/special-days", OPENING)
    assert made.status_code == 201
    opening = made.json()
    assert opening == OPENING | {"id": opening["id"], "types": None, "place": None}
    assert starts(patient, follow_up, DAY) == ["18:00", "18:30", "19:00", "19:30"]
    assert hours_on(owner, DAY, DAY) == [([["18:00", "20:00"]], "special", "Garde")]
    again = assert_problem(
        owner.call("POST", "office/schedule/special-days", OPENING), 422, "invalid"
    )
    assert "Garde" in again["errors"][0]["message"]
    other = make_type(practice, "Rééducation")
    one = f"office/schedule/special-days/{opening['id']}"
    chosen = owner.call("PUT", one, OPENING | {"types": [other.pk]})
    assert chosen.json()["types"] == [other.pk]
    assert starts(patient, follow_up, DAY)[0] == "09:00"
    assert starts(patient, other, DAY)[0] == "18:00"
    for wrong in ({"types": []}, {"types": [999_999]}, {"hours": []}, {"date": "2201-01-01"}):
        assert_problem(owner.call("PUT", one, OPENING | wrong), 422, "invalid")
    anne.absences.create(start=at(THURSDAY, "08:00"), end=at(THURSDAY, "22:00"), title="Congés")
    assert starts(patient, other, DAY) == []
    assert owner.call("DELETE", one).status_code == 204
    assert hours_on(owner, DAY, DAY) == [([], "absence", "Congés")]
    assert not SpecialDay.objects.exists()


@pytest.mark.rule("3.1.8")
def test_what_would_be_left_outside_is_confirmed_at_every_door(
    owner, anne, follow_up, julie, practice
):
    by = By.practice(None)
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    whole = SUMMER | {"first_date": "2026-12-01", "last_date": "2026-12-31"}
    for method, path, body in (
        ("PUT", "office/schedule/turn", {"weeks": [EVENING]}),
        ("POST", "office/schedule/periods", whole),
        ("POST", "office/schedule/special-days", OPENING),
    ):
        problem = assert_problem(owner.call(method, path, body), 409, "stranded")
        assert len(problem["appointments"]) == 1
        assert hours_on(owner, DAY, DAY) == [([["09:00", "12:00"]], "usual", "")]
        assert owner.call(method, path, body | {"confirm": True}).status_code in (200, 201)
        if "periods" in path or "special" in path:
            made = owner.call("GET", path).json()["items"][0]
            assert owner.call("DELETE", f"{path}/{made['id']}").status_code == 204
        else:
            assert owner.call(method, path, {"weeks": [MORNING]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("turn", {"weeks": [EVENING]}),
        ("periods", SUMMER | {"first_date": "2026-12-01", "last_date": "2026-12-31"}),
        ("special-days", OPENING),
    ],
)
@pytest.mark.rule("3.1.8")
def test_own_hours_of_whatever_kind_are_not_given_up_in_silence(
    owner, anne, follow_up, julie, path, body
):
    type = f"office/appointment-types/{follow_up.pk}"
    assert owner.call("PATCH", type, {"schedule": {}}).status_code == 200
    method = "PUT" if path == "turn" else "POST"
    assert owner.call(method, f"{type}/schedule/{path}", body).status_code in (200, 201)
    by = By.practice(None)
    made = book_appointment(follow_up, anne, at(THURSDAY, "18:00"), julie, by=by, now=NOW)
    problem = assert_problem(owner.call("PATCH", type, {"schedule": None}), 409, "stranded")
    assert [one["id"] for one in problem["appointments"]] == [str(made.uid)]
    assert owner.call("GET", type).json()["schedule"] is not None
    given_up = owner.call("PATCH", type, {"schedule": None, "confirm": True})
    assert given_up.json()["schedule"] is None


def test_what_goes_may_leave_somebody_outside_as_well(owner, anne, follow_up, julie):
    made = owner.call("POST", "office/schedule/special-days", OPENING).json()
    by = By.practice(None)
    book_appointment(follow_up, anne, at(THURSDAY, "18:00"), julie, by=by, now=NOW)
    one = f"office/schedule/special-days/{made['id']}"
    assert_problem(owner.call("DELETE", one), 409, "stranded")
    assert SpecialDay.objects.exists()
    assert owner.call("DELETE", f"{one}?confirm=true").status_code == 204


def test_a_type_with_hours_of_its_own_has_all_of_it(owner, patient, follow_up):
    path = f"office/appointment-types/{follow_up.pk}/schedule"
    problem = owner.call("PUT", f"{path}/turn", {"weeks": [EVENING]})
    assert_problem(problem, 409, "no_own_hours")
    Schedule.set_own(follow_up, {3: [(540, 600)]})
    turn = {"weeks": [EVENING, MORNING], "by": "monday", "first_monday": MONDAY}
    assert owner.call("PUT", f"{path}/turn", turn).json() == turn
    assert starts(patient, follow_up, DAY)[0] == "18:00"
    opening = owner.call("POST", f"{path}/special-days", OPENING | {"hours": [["07:00", "08:00"]]})
    assert opening.status_code == 201
    assert starts(patient, follow_up, DAY) == ["07:00", "07:30"]
    assert hours_on(owner, DAY, DAY, path) == [([["07:00", "08:00"]], "special", "Garde")]
    typed = OPENING | {"date": "2026-12-10", "types": [follow_up.pk]}
    assert_problem(owner.call("POST", f"{path}/special-days", typed), 422, "invalid")
    assert owner.call("POST", f"{path}/periods", SUMMER).status_code == 201


def test_a_colleagues_are_hers_and_another_practices_are_nobodys(
    owner, anne, practice, elsewhere, script_of
):
    stranger = script_of(elsewhere["owner"], elsewhere["practice"])
    period = owner.call("POST", "office/schedule/periods", SUMMER).json()
    colleague = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="H")
    path = f"?practitioner={colleague.pk}"
    assert owner.call("GET", f"office/schedule/periods{path}").json()["items"] == []
    for method, body in (("GET", None), ("PUT", SUMMER), ("DELETE", None)):
        one = f"office/schedule/periods/{period['id']}"
        assert owner.call(method, one + path, body).status_code == 404
        assert stranger.call(method, one, body).status_code == 404


def test_a_preview_is_bounded(owner):
    assert len(hours_on(owner, "2027-01-01", "2027-12-31")) == 365
    for first, last in (("2027-01-01", "2028-06-01"), ("2027-01-02", "2027-01-01")):
        path = f"office/schedule/preview?from={first}&to={last}"
        assert_problem(owner.call("GET", path), 422, "invalid")
    assert hours_on(owner, "2026-12-25", "2026-12-25") == [([], "holiday", "Noël")]


@pytest.mark.rule("3.1.13")
def test_the_preview_says_which_types_alone_are_open(owner, practice, anne, follow_up):
    noel = "2026-12-25"  # a Friday
    own = make_type(practice, "Rééducation")
    path = f"office/appointment-types/{own.pk}"
    assert owner.call("PATCH", path, {"schedule": {}}).status_code == 200
    opening = OPENING | {"date": noel, "types": [own.pk, follow_up.pk]}
    made = owner.call("POST", "office/schedule/special-days", opening)

    def preview():
        address = f"office/schedule/preview?from={noel}&to={noel}"
        (day,) = owner.call("GET", address).json()["days"]
        return day["because"], day["for_some"]

    some = {"hours": OPENING["hours"], "title": "Garde", "place": None}
    assert preview() == ("holiday", some | {"types": sorted([own.pk, follow_up.pk])})
    assert hours_on(owner, noel, noel, f"{path}/schedule") == [
        ([["18:00", "20:00"]], "special", "Garde")
    ]
    follow_up.archived = True
    follow_up.save()
    assert preview()[1]["types"] == [own.pk]
    absence = anne.absences.create(
        start=at(date(2026, 12, 25), "08:00"), end=at(date(2026, 12, 25), "22:00"), title="Congés"
    )
    assert preview() == ("holiday", None)
    absence.delete()
    assert owner.call("PUT", f"office/schedule/special-days/{made.json()['id']}", opening)
    owner.call("PATCH", path, {"archived": True})
    assert preview() == ("holiday", None)


def test_the_preview_of_a_colleagues_type_is_by_her_openings(owner, practice, anne):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    plan = Schedule.objects.create(practitioner=ines)
    hers = make_type(practice, "Rééducation")
    path = f"office/appointment-types/{hers.pk}"
    third = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Riou")
    both = {"practitioners": [ines.pk, third.pk], "schedule": {}}
    assert owner.call("PATCH", path, both).status_code == 200
    special = SpecialDay.objects.create(
        schedule=plan, date="2026-12-25", start=540, end=720, breaks=[], title="Garde"
    )
    special.types.add(hers)
    noel = hours_on(owner, "2026-12-25", "2026-12-25", f"{path}/schedule")
    assert noel == [([["09:00", "12:00"]], "special", "Garde")]
