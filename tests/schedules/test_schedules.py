"""Weekly hours, types, descriptions, holidays (rules 3.1 and 3.2)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from maia.availability.weekly import InvalidHours
from maia.practices.models import Practice
from maia.practices.regions import regions_of
from maia.schedules.copying import duplicate
from maia.schedules.descriptions import description_html
from maia.schedules.holidays import public_holidays
from maia.schedules.models import Absence, OpeningHours, Schedule
from maia.schedules.written import WrittenHours
from tests.conftest import NOW, make_type


@pytest.mark.rule("3.1.1")
def test_a_schedule_has_one_line_a_weekday(anne):
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(schedule=anne.schedule, weekday=0, start=600, end=700)


@pytest.mark.parametrize(
    ("weekday", "start", "end"), [(7, 540, 600), (0, 600, 600), (0, 600, 540), (0, 540, 1441)]
)
def test_the_database_refuses_a_bad_line(anne, weekday, start, end):
    anne.schedule.lines.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(schedule=anne.schedule, weekday=weekday, start=start, end=end)


def test_breaks_stay_inside_their_line():
    good = OpeningHours(weekday=0, start=540, end=1080, breaks=[[750, 840]])
    assert good.ranges == [(540, 750), (840, 1080)]
    good.clean()
    for breaks in ([[500, 600]], [[800, 700]], [[600, 700], [650, 800]], [[600]], ["x"]):
        with pytest.raises(ValidationError):
            OpeningHours(weekday=0, start=540, end=1080, breaks=breaks).clean()


@pytest.mark.rule("3.1.9")
def test_writing_a_schedule_replaces_it_or_leaves_it(anne):
    anne.schedule.write({0: [(540, 600)], 1: []})
    assert [(x.weekday, x.ranges) for x in anne.schedule.lines.all()] == [(0, [(540, 600)])]
    with pytest.raises(InvalidHours):
        anne.schedule.write({0: [(540, 600), (570, 630)]})
    assert anne.schedule.lines.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 4},
        {"minutes": 721},
        {"colour": "red;}"},
        {"slot_step_minutes": 0},
        {"buffer_after_minutes": 300},
        {"booking_horizon_days": 0},
        {"max_a_day": 0},
        {"max_a_week": 0},
        {"max_new_a_week": 0},
        {"days_between_two": 0},
        {"days_between_two": 731},
        {"minimum_notice_days": 31},
    ],
)
def test_the_database_refuses_a_type_out_of_bounds(practice, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_type(practice, **wrong)


def test_an_absence_ends_after_it_starts(anne):
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(practitioner=anne, start=NOW, end=NOW)


def test_a_description_is_markdown_made_safe():
    html = description_html("Apportez **la carte**.\n\n- un\n- deux\n\n[site](https://a.example)")
    assert "<strong>la carte</strong>" in html
    assert "<li>un</li>" in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "<style>body{}</style>",
        '<a href="https://x" onclick="x()">x</a>',
        "![x](https://tracker.example/x.png)",
    ],
)
def test_a_description_runs_and_fetches_nothing(attack):
    html = description_html(attack)
    # What is left of a tag is its text, escaped.
    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert 'href="javascript' not in html
    assert "<a href" not in html or "onclick" not in html.split(">")[1]


@pytest.mark.rule("3.1.6")
def test_holidays_follow_the_region():
    good_friday = date(2027, 3, 26)
    assert date(2027, 7, 14) in public_holidays(Practice(), date(2027, 7, 1), date(2027, 7, 31))
    assert good_friday not in public_holidays(Practice(), good_friday, good_friday)
    alsace = Practice(holiday_region="57")
    assert good_friday in public_holidays(alsace, good_friday, good_friday)
    abolition = date(2027, 12, 20)
    assert abolition in public_holidays(Practice(holiday_region="974"), abolition, abolition)
    bastille = date(2027, 7, 14)
    # What is stored and no longer known opens no holiday of the whole country.
    assert public_holidays(Practice(holiday_region="67"), bastille, bastille) == {bastille}
    assert public_holidays(Practice(country="XX"), bastille, bastille) == set()


def test_regions_are_those_that_the_library_knows(db):
    for country in ("FR", "CH", "BE", "LU", "XX"):
        regions = dict(regions_of(country))
        assert "" in regions
        for region in regions:
            Practice(name="A", slug="a", country=country, holiday_region=region).clean()
    assert {"6AE", "57", "974", "NC"} < set(dict(regions_of("FR")))
    assert "VD" in dict(regions_of("CH"))
    for unknown in ("67", "68", "44", "Zone A", "nowhere"):
        with pytest.raises(ValidationError):
            Practice(name="A", slug="a", holiday_region=unknown).clean()


@pytest.mark.parametrize(
    ("zone", "region"), [("Indian/Reunion", "974"), ("Pacific/Noumea", "NC"), ("Europe/Paris", "")]
)
def test_a_practice_starts_with_the_holidays_of_its_zone(db, zone, region):
    practice = Practice.objects.create(name="A", slug="a", time_zone=zone)
    assert practice.holiday_region == region
    practice.holiday_region = ""  # chosen since: it stays
    practice.save()
    assert Practice.objects.get().holiday_region == ""


def test_a_type_is_copied_with_all_that_is_said_of_its_hours(practice, anne):
    type = make_type(practice, "Suivi")
    Schedule.set_own(type, {3: [(540, 600)]})
    plan = type.own_schedule
    Schedule.objects.filter(pk=plan.pk).update(weeks=2, by_number=True)
    plan.other_lines.create(week=1, weekday=0, start=600, end=660)
    period = plan.periods.create(name="Été", first_date="2027-07-01")
    plan.other_lines.create(period=period, week=0, weekday=1, start=660, end=720)
    plan.special_days.create(date="2026-12-25", start=720, end=780, title="Garde")
    copy = duplicate(type, "Suivi (copie)")
    said, again = (
        WrittenHours.of(Schedule.objects.get(appointment_type=one)).dated() for one in (type, copy)
    )
    for day in (date(2026, 12, 3), date(2026, 12, 7), date(2026, 12, 25), date(2027, 7, 6)):
        assert again.on(day) == said.on(day)
    assert again.on(date(2027, 7, 6)).ranges == ((660, 720),)
    assert (copy.allow_online_booking, Schedule.objects.count()) == (False, 3)
