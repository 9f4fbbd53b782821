"""The agenda of a browser without scripts: a day in lines, with its date and the way to the others."""

import re

import pytest

from tests.conftest import NOW, THURSDAY, at
from tests.pages import on_one_line


def plain(client, query):
    page = on_one_line(client.get(f"/pro/?{query}").content.decode())
    return page.rpartition("<noscript>")[2].partition("</noscript>")[0]


def who(page):
    return re.findall(r'<span class="who">(.*?)</span>', page)


@pytest.mark.parametrize("view", ["day", "3days", "week", "list"])
def test_it_is_the_day_of_the_address_with_its_date(owner, booked_in, view):
    booked_in("2026-12-10", "10:30")
    booked_in("2026-12-11")
    page = plain(owner, f"date=2026-12-10&view={view}")
    assert ">jeudi 10 décembre 2026</h2>" in page
    assert who(page) == ["Julie Petit"]
    assert "10:30" in page
    assert "/pro/?date=2026-12-09" in page
    assert "/pro/?date=2026-12-11" in page
    assert f"/pro/?date={NOW.date()}" in page
    assert page.count('aria-current="date"') == 1
    assert "<button" not in page


def test_what_closes_the_day_is_named(owner, anne):
    anne.absences.create(start=at(THURSDAY, "14:00"), end=at(THURSDAY, "16:00"), title="Réseau")
    page = plain(owner, "date=2026-12-03")
    assert "14:00 – 16:00 Absence · Réseau" in page
    assert "Rien n’est noté ce jour-là." in page
    assert "Noël (férié)" in plain(owner, "date=2026-12-25")


def test_everybodys_day_says_whose_each_is(owner, anne, ines, booked_in):
    booked_in("2026-12-10", "10:30")
    for query in ("practitioner=all", "view=team"):
        page = plain(owner, f"date=2026-12-10&{query}")
        first, second = page.split("<h3>")[1:]
        assert anne.name in first, query
        assert who(first) == ["Julie Petit"], query
        assert ines.name in second, query
        assert who(second) == [], query
    hers = plain(owner, f"date=2026-12-10&practitioner={ines.pk}")
    assert who(hers) == []
    assert f"/pro/?date=2026-12-11&amp;practitioner={ines.pk}" in hers, "the next day is hers too"


def test_a_month_says_that_a_day_is_chosen(owner):
    page = plain(owner, "date=2026-12-10&view=month")
    assert "choisissez un jour" in page
    assert "/pro/?date=2026-12-07" in page
