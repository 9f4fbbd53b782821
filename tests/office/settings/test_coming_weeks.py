"""The schedule's page says the twelve weeks to come: what is not as every week, live."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from maia.schedules.models import Schedule
from tests.conftest import THURSDAY, at
from tests.pages import on_one_line

CHRISTMAS = date(2026, 12, 25)


def weeks_on(page):
    rows = on_one_line(page).partition('class="coming-weeks"')[2].partition("</ul>")[0]
    return [row.partition("</li>")[0] for row in rows.split("<li>")[1:]]


@pytest.fixture
def page(owner, anne):
    address = reverse("office:schedule", args=[anne.pk])
    return lambda **typed: (
        owner.post(address, typed | {"preview": "1"}) if typed else owner.get(address)
    ).content.decode()


@pytest.mark.rule("3.1.13")
def test_what_is_not_as_every_week_is_named(page, anne):
    plan = anne.schedule
    plan.special_days.create(
        date=THURSDAY, start=1080, end=1200, breaks=[[1110, 1140]], title="Garde"
    )
    period = plan.periods.create(name="Fêtes", first_date="2026-12-28", last_date="2026-12-31")
    plan.other_lines.create(period=period, week=0, weekday=0, start=540, end=600)
    anne.absences.create(
        start=at(date(2026, 12, 7), "00:00"), end=at(date(2026, 12, 10), "00:00"), title="Stage"
    )
    weeks = weeks_on(page())
    assert len(weeks) == 12
    assert weeks[0].startswith("<strong>Du 30 novembre au 6 décembre 2026</strong>")
    assert (
        "Jeudi 3 décembre : 18:00 – 18:30 · 19:00 – 20:00 (Ouverture exceptionnelle · Garde)"
        in weeks[0]
    )
    assert "Du lundi 7 décembre au mercredi 9 décembre : fermé (Absence · Stage)" in weeks[1]
    assert "comme chaque semaine" in weeks[2]
    assert "Vendredi 25 décembre : fermé (Noël)" in weeks[3]
    assert "Lundi 28 décembre : 09:00 – 10:00 (Fêtes)" in weeks[4]
    assert "Du mardi 29 décembre au jeudi 31 décembre : fermé (Fêtes)" in weeks[4]
    anne.closed_on_public_holidays = False
    anne.save()
    assert "Noël" not in "".join(weeks_on(page()))


@pytest.mark.rule("3.1.13")
def test_an_opening_for_some_types_is_named_beside_what_holds(page, anne, follow_up):
    opening = anne.schedule.special_days.create(date=CHRISTMAS, start=600, end=720)
    opening.types.add(follow_up)
    weeks = weeks_on(page())
    assert "Vendredi 25 décembre : fermé (Noël)" in weeks[3]
    said = "Vendredi 25 décembre : 10:00 – 12:00 (ouverture exceptionnelle pour certains types)"
    assert said in weeks[3]


@pytest.mark.rule("3.1.11")
def test_which_week_of_the_turn_each_is(page, anne):
    monday = THURSDAY - timedelta(days=3)
    Schedule.objects.filter(pk=anne.schedule.pk).update(weeks=2, first_monday=monday)
    weeks = weeks_on(page())
    assert [("semaine 1" in week, "semaine 2" in week) for week in weeks[:3]] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip
    # What is typed changes the usual week, and nothing of what else is said.
    assert weeks_on(page(start_0="09:00", end_0="10:00")) == weeks
    assert anne.schedule.lines.count() == 7
