"""The agenda's address is its place: what it says is drawn, what it says wrongly is not there."""

import json
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from maia.office.agenda.place import read_place
from maia.practices.models import Practitioner
from tests.conftest import NOW

TODAY = NOW.date()


def config_of(answer):
    page = answer.content.decode()
    return json.loads(re.search(r'id="agenda-config"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def read(query):
    return read_place(QueryDict(query), today=TODAY, practitioners=[1, 2], types=[7])


def test_an_address_says_date_view_and_choices():
    place = read("date=2026-12-07&view=month&practitioner=2&type=7&status=no_show&way=online")
    assert (place.day.isoformat(), place.view) == ("2026-12-07", "month")
    assert place[2:6] == ("2", "7", "no_show", "online")


@pytest.mark.rule("3.12.12")
@pytest.mark.parametrize(
    "query",
    ["", "date=2026-13-07", "date=0001-01-01", "date=9999-12-31", "date=x&view=year", "date=%00",
     "view=week%00&practitioner=3&type=8", "practitioner=²&type=-7", "status=cancelled&way=fax",
     "practitioner=99999999999999999999", "date=" + "9" * 5000, "date=2026-12-07T10:00"],
)  # fmt: skip
def test_what_is_said_wrongly_is_today_in_the_usual_view(query):
    assert read(query) == read("")
    assert (read(query).day, *read(query)[1:6]) == (TODAY, "", "", "", "", "")


@pytest.mark.parametrize(
    ("view", "days"),
    [("day", ("2026-12-09", "2026-12-10")), ("team", ("2026-12-09", "2026-12-10")),
     ("3days", ("2026-12-09", "2026-12-12")), ("week", ("2026-12-07", "2026-12-14")),
     ("", ("2026-12-07", "2026-12-14")), ("list", ("2026-12-07", "2026-12-14"))],
)  # fmt: skip
def test_the_days_of_a_view(view, days):
    first, after = read(f"date=2026-12-09&view={view}").days()
    assert (first.isoformat(), after.isoformat()) == days


@pytest.mark.rule("3.12.12")
def test_the_page_opens_there_with_its_week(owner, booked_in):
    booked_in("2026-12-10")
    config = config_of(owner.get("/pro/?date=2026-12-09&view=week"))
    assert config["place"]["date"] == "2026-12-09"
    assert config["first"]["start"] == "2026-12-07T00:00:00"
    assert [row["title"] for row in config["first"]["rows"] if "id" in row] == ["Julie Petit"]


@pytest.mark.parametrize(
    "query", ["date=2200-12-31", "date=1900-01-01", "date=2200-12-31&view=3days", "date=1900-01-01&view=team"]
)  # fmt: skip
def test_the_ends_of_time_are_pages_as_well(owner, query):
    assert owner.get(f"/pro/?{query}").status_code == 200


def test_nobody_of_another_practice_is_chosen(owner, elsewhere):
    stranger = elsewhere["practitioner"]
    config = config_of(owner.get(f"/pro/?practitioner={stranger.pk}"))
    assert config["place"]["practitioner"] == ""


def test_the_page_draws_what_its_events_answer(owner, team, ines, booked_in):
    booked_in("2026-12-10")
    for query, asked in (
        ("view=week", f"start=2026-12-07T00:00&end=2026-12-14T00:00&practitioner={mine(team).pk}"),
        ("view=team", "start=2026-12-10T00:00&end=2026-12-11T00:00"),
        ("view=day&practitioner=all&status=unconfirmed", "start=2026-12-10T00:00&end=2026-12-11T00:00&status=unconfirmed"),
    ):  # fmt: skip
        first = config_of(owner.get(f"/pro/?date=2026-12-10&{query}"))["first"]
        answer = owner.get(f"/pro/agenda/events/?{asked}")
        assert (first["rows"], first["tag"]) == (answer.json(), answer["ETag"])


def mine(team):
    return Practitioner.objects.get(user=team["owner"])


@pytest.mark.parametrize(
    ("query", "seen"),
    [("", 2), ("&status=confirmed", 1), ("&status=unconfirmed", 1), ("&status=no_show", 0),
     ("&way=online", 0), ("&way=phone", 2), ("&status=x&way=x", 2)],
)  # fmt: skip
def test_only_the_appointments_of_a_status_or_a_way(owner, booked_in, query, seen):
    booked_in("2026-12-10")
    booked_in("2026-12-10", "10:30", unconfirmed=True)
    rows = owner.get(
        f"/pro/agenda/events/?start=2026-12-10T00:00&end=2026-12-11T00:00{query}"
    ).json()
    assert len([row for row in rows if "id" in row]) == seen


def test_a_type_is_named_once(owner, booked_in):
    booked_in("2026-12-10")
    booked_in("2026-12-10", "10:30")
    rows = owner.get("/pro/agenda/events/?start=2026-12-10T00:00&end=2026-12-11T00:00").json()
    first, second = (row for row in rows if "id" in row)
    assert first["is"]["name"] == "Suivi de grossesse"
    assert (second["type"], "is" in second) == (first["type"], False)


def test_it_opens_with_its_week_by_one_request_of_few_statements(owner, booked_in):
    """It was two requests, of 22 statements and 440 bytes an appointment; the rail counts besides."""
    for hour in range(9, 17):
        booked_in("2026-12-10", f"{hour:02}:30")
    owner.get("/pro/")
    with CaptureQueriesContext(connection) as captured:
        config = config_of(owner.get("/pro/?date=2026-12-10&view=week"))
    assert len([query for query in captured if "COUNT(*)" not in query["sql"]]) <= 12
    rows = [row for row in config["first"]["rows"] if "id" in row]
    assert len(json.dumps(rows, separators=(",", ":"))) <= 0.6 * 440 * len(rows)
