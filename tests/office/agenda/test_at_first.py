"""The day as lines of the page itself, which a slow phone reads before the script has drawn the hours."""

import re
from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from maia.appointments.acts.personal import Text, block_time
from maia.office.agenda.at_first import lines_of
from maia.office.agenda.place import read_place
from tests.conftest import NOW


def lines_in(answer):
    page = answer.content.decode()
    lines = re.search(r'<ol class="at-first">(.*?)</ol>', page, re.DOTALL)
    return re.findall(r'<span class="who">(.*?)</span>', lines[1]) if lines else []


def test_they_are_of_one_day_of_one_person_in_their_order():
    def row(start, **rest):
        end = start[:11] + "23:00:00"
        return {"resourceIds": [1], "start": start, "end": end, "type": 7, "classNames": [], **rest}

    rows = [
        row("2026-12-10T11:00:00", id=3, version=1, title="Julie Petit", appointment=5,
            **{"is": {"name": "Suivi"}}),
        row("2026-12-10T09:00:00", id=4, version=1, title="", type=0,
            **{"is": {"name": "Événement personnel"}}),
        row("2026-12-11T09:00:00", id=6, version=1, title="Le lendemain", appointment=8),
        row("2026-12-10T08:00:00", title="Absence", display="background"),
        {**row("2026-12-10T10:00:00", id=9, version=1, title="Ailleurs", appointment=9), "resourceIds": [2]},
    ]  # fmt: skip

    def lines(query, usual=1):
        place = read_place(QueryDict(query), today=NOW.date(), practitioners=[1, 2], types=[])
        return [(line.start, line.who, line.kind) for line in lines_of(rows, place, usual)]

    expected = [("09:00", "Événement personnel", ""), ("11:00", "Julie Petit", "Suivi")]
    assert lines("date=2026-12-10") == lines("date=2026-12-10&view=day") == expected
    assert lines("date=2026-12-10&practitioner=2") == [("10:00", "Ailleurs", "Suivi")]
    for query in ("practitioner=all", "view=team", "view=week"):  # nobody's day on a phone
        assert lines(f"date=2026-12-10&{query}") == []
    assert lines("date=2026-12-10", usual=None) == []


def test_the_page_has_the_day_that_it_opens_on(owner, anne, booked_in):
    booked_in("2026-12-10", "10:30")
    start, end = (datetime(2026, 12, 10, hour, tzinfo=UTC) for hour in (7, 8))
    block_time(anne, start, end, Text("Réseau"), now=NOW, allow_overlap=False)
    booked_in("2026-12-11")
    assert lines_in(owner.get("/pro/?date=2026-12-10&view=day")) == ["Réseau", "Julie Petit"]
    assert lines_in(owner.get("/pro/?date=2026-12-10")) == ["Réseau", "Julie Petit"]
    assert lines_in(owner.get("/pro/?date=2026-12-12")) == []


@pytest.mark.parametrize("query", ["view=month", "practitioner=all", "view=team"])
def test_everybodys_and_a_month_have_none(owner, booked_in, query):
    booked_in("2026-12-10")
    assert lines_in(owner.get(f"/pro/?date=2026-12-10&{query}")) == []
