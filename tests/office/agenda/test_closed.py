"""What closes a day is named in the agenda, and leads to where it is kept."""

from datetime import date, timedelta

import pytest

from maia.schedules.models import Absence, ExternalCalendar
from tests.conftest import at

WEEK = "start=2026-12-21T00:00&end=2026-12-28T00:00"  # Christmas is its Friday
CHRISTMAS = date(2026, 12, 25)


def closed_of(client, anne):
    rows = client.get(f"/pro/agenda/events/?{WEEK}&practitioner={anne.pk}").json()
    return [row for row in rows if row.get("display") == "background"]


def named(rows, why):
    return [(row["title"], row.get("url")) for row in rows if why in row["classNames"]]


@pytest.fixture
def busy(anne):
    """An hour on Monday afternoon that her other calendar takes."""
    calendar = ExternalCalendar.objects.create(
        practitioner=anne, name="Maison", url="https://calendar.example/x"
    )
    monday = date(2026, 12, 21)
    return Absence.objects.create(
        practitioner=anne, start=at(monday, "15:00"), end=at(monday, "16:00"), title="Maison",
        calendar=calendar,
    )  # fmt: skip


@pytest.fixture
def away(anne):
    tuesday = date(2026, 12, 22)
    return Absence.objects.create(
        practitioner=anne, start=at(tuesday, "00:00"), end=at(tuesday + timedelta(1), "00:00"),
        title="Congés",
    )  # fmt: skip


@pytest.mark.rule("3.12.13")
def test_a_public_holiday_has_its_name_in_the_readers_language(owner, anne):
    ((title, url),) = named(closed_of(owner, anne), "holiday")
    assert title.startswith("Noël")
    assert url == f"/pro/settings/practitioners/{anne.pk}/"
    owner.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert named(closed_of(owner, anne), "holiday")[0][0].startswith("Christmas Day")


def test_who_works_on_it_is_not_closed(owner, anne):
    anne.closed_on_public_holidays = False
    anne.save()
    assert named(closed_of(owner, anne), "holiday") == []


@pytest.mark.rule("3.12.13")
def test_an_absence_is_named_and_leads_to_where_it_is_changed(owner, anne, away):
    path = f"/pro/absences/{away.pk}/"
    assert named(closed_of(owner, anne), "absence") == [("Absence · Congés", path)]
    page = owner.get(path).content.decode()
    assert f'action="{path}delete/"' in page


@pytest.mark.rule("3.12.13")
@pytest.mark.parametrize("who", ["practitioner", "assistant"])
def test_who_may_not_change_an_absence_is_led_to_the_list(sign_in, team, anne, away, who):
    client = sign_in(team[who])
    assert named(closed_of(client, anne), "absence") == [("Absence · Congés", "/pro/absences/")]
    assert client.get(f"/pro/absences/{away.pk}/").status_code == 403


def test_hers_leads_a_practitioner_to_where_it_is_changed(sign_in, team, ines, away):
    away.practitioner = ines
    away.save()
    ((_title, url),) = named(closed_of(sign_in(team["practitioner"]), ines), "absence")
    assert url == f"/pro/absences/{away.pk}/"


def test_it_is_deleted_from_its_page_beside_the_agenda(owner, away):
    owner.defaults["HTTP_MAIA_PANEL"] = "1"
    path = f"/pro/absences/{away.pk}/"
    asked = owner.post(f"{path}delete/")
    assert f'href="{path}"' in asked.content.decode()
    gone = owner.post(f"{path}delete/", dict(asked.context["typed"]) | {"yes": "1"}).json()
    assert (gone["to"], gone["then"]) == ("/pro/absences/", "close")
    assert not Absence.objects.exists()


def test_another_calendar_is_told_from_it_and_named_to_who_keeps_it(owner, anne, busy):
    ((title, url),) = named(closed_of(owner, anne), "calendar")
    assert title.endswith("· Maison")
    assert url == f"/pro/settings/practitioners/{anne.pk}/calendars/"


@pytest.mark.rule("3.12.13")
def test_an_assistant_is_not_told_its_name_nor_led_where_she_may_not_go(sign_in, team, anne, busy):
    rows = closed_of(sign_in(team["assistant"]), anne)
    ((title, url),) = named(rows, "calendar")
    assert ("Maison" in title, url) == (False, "")
    assert all(not row.get("url") for row in rows if "absence" not in row["classNames"])


def test_lunch_is_hatched_and_a_closed_day_named(owner, anne):
    anne.schedule.write({0: [(540, 720), (840, 1080)]})  # Mondays
    rows = [row for row in closed_of(owner, anne) if "hours" in row["classNames"]]
    monday = [row for row in rows if row["start"].startswith("2026-12-21")]
    assert [row.get("title") for row in monday] == [None, None, None]
    tuesday = [row for row in rows if row["start"] == "2026-12-22T00:00:00"]
    assert tuesday[0]["end"] == "2026-12-23T00:00:00"
    assert tuesday[0]["url"] == f"/pro/settings/practitioners/{anne.pk}/schedule/"


def test_nothing_is_closed_twice(owner, anne, away):
    hours = [row for row in closed_of(owner, anne) if row["classNames"][1] == "hours"]
    assert not [row for row in hours if row["start"][:10] == "2026-12-22" < row["end"][:10]]


def test_a_month_says_how_many_and_what_closes_it(owner, anne, away, booked_in):
    booked_in("2026-12-10")
    booked_in("2026-12-10", "10:30")
    booked_in("2026-12-11", unconfirmed=True)
    path = f"/pro/agenda/events/?start=2026-11-30T00:00&end=2027-01-04T00:00&view=month&practitioner={anne.pk}"
    rows = owner.get(path).json()
    assert [(row["start"], row["count"]) for row in rows if "count" in row] == [
        ("2026-12-10", 2),
        ("2026-12-11", 1),
    ]
    assert [row["title"] for row in rows if "holiday" in row["classNames"]] == [
        "Noël",
        "Jour de l’an",
    ]
    assert ("2026-12-22", "Absence · Congés") in [(row["start"], row["title"]) for row in rows]
    shut = {row["start"] for row in rows if row.get("display") == "background"}
    assert {"2026-12-22", CHRISTMAS.isoformat()} <= shut
    assert "2026-12-10" not in shut
    only = owner.get(path + "&status=unconfirmed").json()
    assert [row["start"] for row in only if "count" in row] == ["2026-12-11"]


@pytest.mark.rule("3.10.5")
def test_a_replacement_is_named_in_the_columns_of_both(owner, anne, ines):
    monday = date(2026, 12, 21)
    ines.schedule.write({0: [(840, 900)]})
    anne.practice.replacements.create(
        practitioner=anne, substitute=ines, first_date=monday, last_date=monday, hours="replaced"
    )
    assert [title for title, _url in named(closed_of(owner, anne), "absence")] == [
        "Remplacée par Inès Haddad"
    ]
    theirs = named(closed_of(owner, ines), "opening")
    assert {title for title, _url in theirs} == {"Remplace Anne Morel"}
    rows = owner.get(f"/pro/agenda/events/?{WEEK}&view=month").json()
    assert any("Remplacée par Inès Haddad" in row["title"] for row in rows)
