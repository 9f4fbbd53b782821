"""*Prochains créneaux* on the page: there at once, a week away by one press; a new one begins on the day
that is looked at."""

import re
from datetime import date

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from tests.conftest import NOW, THURSDAY, at
from tests.pages import on_one_line

NOVEMBER = date(2026, 11, 12)
NEW = "/pro/appointments/new/"


@pytest.fixture
def booked(anne, follow_up, julie):
    nine = at(THURSDAY, "09:00")
    return book_appointment(follow_up, anne, nine, julie, by=By.practice(None), now=NOW)


def days(page):
    """The dates of the free times, each once."""
    return list(dict.fromkeys(re.findall(r'data-date="([\d-]+)"', page)))


def value(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', on_one_line(page))[1]


def test_from_a_sheet_the_free_times_are_there_and_nothing_is_asked_again(owner, booked, julie):
    sheet = owner.get(reverse("office:sheet", args=[booked.pk])).content.decode()
    another = re.search(r'href="(/pro/appointments/new/\?[^"]+)"', sheet)[1].replace("&amp;", "&")
    assert "date=2026-12-03" in another
    page = owner.get(another).content.decode()
    assert f'name="patient" value="{julie.pk}" checked' in on_one_line(page)
    assert days(page)[0] == "2026-12-03"
    assert len(days(page)) == 5
    assert value(page, "date") == "2026-12-03"
    assert value(page, "time") == "09:30"  # nine is taken


def test_from_a_sheet_a_week_away_is_one_press(owner, booked):
    sheet = on_one_line(owner.get(reverse("office:sheet", args=[booked.pk])).content.decode())
    there = re.search(
        r'href="([^"]+)" aria-label="Nouveau rendez-vous, dans 4 semaines"', sheet, re.I
    )[1]
    page = owner.get(there.replace("&amp;", "&")).content.decode()
    assert days(page)[:2] == ["2026-12-28", "2026-12-29"], "that week, from its Monday on"


def test_a_visit_that_is_over_leads_to_today(owner, booked):
    booked.event.start, booked.event.end = at(NOVEMBER, "09:00"), at(NOVEMBER, "09:30")
    booked.event.save()
    sheet = owner.get(reverse("office:sheet", args=[booked.pk])).content.decode()
    assert f"date={NOW.date()}" in sheet


@pytest.mark.parametrize(
    ("asked", "time"), [("", "09:00"), ("&type={type}", "09:00")], ids=["no type", "type"]
)
def test_a_new_one_begins_at_the_first_free_time_of_the_day(
    owner, anne, follow_up, julie, asked, time
):
    there = f"{NEW}?date=2026-12-03{asked.format(type=follow_up.pk)}"
    assert value(owner.get(there).content.decode(), "time") == time
    nine = at(THURSDAY, "09:00")
    book_appointment(follow_up, anne, nine, julie, by=By.practice(None), now=NOW)
    page = owner.get(there).content.decode()
    assert (value(page, "date"), value(page, "time")) == ("2026-12-03", "09:30")


def test_a_day_without_free_time_stays_the_day_and_shows_the_next(owner, anne, follow_up):
    anne.absences.create(start=at(THURSDAY, "00:00"), end=at(THURSDAY, "23:59"))
    page = owner.get(f"{NEW}?date=2026-12-03&type={follow_up.pk}").content.decode()
    assert value(page, "date") == "2026-12-03"
    assert 'name="time" value=' not in on_one_line(page)
    assert days(page)[0] == "2026-12-04"
    assert "Rien de libre jeudi 3 décembre\u00a0; ensuite\u00a0:" in page
    mornings = {"type": follow_up.pk, "practitioner": anne.pk, "from": "2026-12-03", "part": "am"}
    narrowed = owner.get(reverse("office:availability"), mornings).content.decode()
    assert "Rien de libre" not in narrowed, "of what was wished for, not of the day"


def test_without_a_time_those_that_are_free_are_shown(owner, booked, anne, follow_up, julie):
    typed = {"patient": julie.pk, "type": follow_up.pk, "practitioner": anne.pk}
    typed |= {"date": "2026-12-03", "time": ""}
    moving = reverse("office:move", args=[booked.pk])
    for path, more in ((NEW, {}), (moving, {"version": booked.version})):
        answer = owner.post(path, typed | more)
        page = answer.content.decode()
        assert answer.status_code == 422, path
        assert 'class="coming" open' in page, path
        assert days(page)[0] == "2026-12-03", path
        assert "Choisissez une heure\u00a0: les prochains créneaux sont juste au-dessus." in page


def test_today_after_hours_it_is_the_next_one(owner, anne, follow_up):
    anne.absences.create(start=NOW, end=at(date(2026, 12, 1), "23:00"))
    page = owner.get(NEW).content.decode()
    assert (value(page, "date"), value(page, "time")) == ("2026-12-02", "09:00")


def test_a_time_that_was_clicked_is_kept_and_no_times_stand_in_the_way(owner, follow_up):
    page = owner.get(f"{NEW}?start=2026-12-03T14:07&type={follow_up.pk}").content.decode()
    assert value(page, "time") == "14:10"
    assert days(page) == []
    for wrong in ("date=x", "date=9999-99-99", "date=2200-12-31", "start=x&date=y&type=z"):
        assert owner.get(f"{NEW}?{wrong}").status_code == 200


def test_a_week_away_by_one_press_and_on_chosen_days(owner, anne, follow_up):
    typed = {"type": follow_up.pk, "practitioner": anne.pk, "date": "2026-12-03", "time": "09:00"}
    page = owner.get(f"{NEW}?type={follow_up.pk}").content.decode()
    in_weeks = re.findall(
        r'name="jump" value="([\d-]+)" formnovalidate aria-label', on_one_line(page)
    )
    assert in_weeks == ["2026-12-07", "2026-12-28", "2027-01-11"], "from their Mondays on"
    # Without a script each is a button of the form; with one, an address is asked.
    page = owner.post(NEW, typed | {"jump": "2026-12-21"}).content.decode()
    assert days(page)[0] == "2026-12-21"
    assert value(page, "from") == "2026-12-21"
    path = reverse("office:availability")
    tuesdays = typed | {"from": "2026-12-21", "weekday": ["1"], "part": ["am"]}
    page = owner.get(path, tuesdays).content.decode()
    assert days(page) == ["2026-12-22", "2026-12-29", "2027-01-05", "2027-01-12", "2027-01-19"]
    assert 'data-time="14:00"' not in page
    both = owner.get(path, typed | {"part": ["am", "pm"], "weekday": ["9", "x"]}).content.decode()
    assert 'data-time="14:00"' in both
    assert days(both)[0] == "2026-12-03"


def test_while_moving_weeks_are_counted_from_where_it_is(owner, booked):
    page = on_one_line(owner.get(reverse("office:sheet", args=[booked.pk])).content.decode())
    assert 'value="2026-12-07" formnovalidate aria-label="1 semaine plus tard"' in page
    assert value(page, "from") == "2026-12-03"
