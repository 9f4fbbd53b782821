"""Weeks that take turns, and periods, in the settings: of a practitioner, and of a type with hours of its own."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.slots import free_slots
from maia.office.settings.period_words import hours_in_words
from maia.privacy.models import JournalEntry
from maia.schedules.models import Period, Schedule
from maia.schedules.written import Count, WrittenHours
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.pages import anyway, fields_of, on_one_line, shown

MONDAY = THURSDAY - timedelta(days=3)  # of week 49
SUMMER = {"name": "Été", "first_date": "2026-12-07", "last_date": "2026-12-20"}


@pytest.fixture
def schedule(anne):
    return reverse("office:schedule", args=[anne.pk])


@pytest.fixture
def new(anne):
    return reverse("office:new_period", args=[anne.pk])


def page_of(answer):
    return on_one_line(answer.content.decode())


def errors_of(page):
    return [part.partition("</p>")[0] for part in page.split('_error">')[1:]]


def written(anne):
    return WrittenHours.of(Schedule.objects.get(practitioner=anne))


def starts_on(type, anne, day):
    slots = free_slots(type, [anne], day, day, now=NOW).get(day, [])
    return [f"{slot.start.astimezone(anne.practice.zone):%H:%M}" for slot in slots]


@pytest.mark.rule("3.1.11")
def test_a_second_week_begins_as_the_first_and_is_changed(owner, anne, schedule, follow_up):
    anne.schedule.write({0: [(540, 600)], 3: [(540, 720)]})
    typed = shown(owner, schedule) | {"how": "number"}
    page = page_of(owner.post(schedule, typed | {"reshape": "1"}))
    assert "Semaines impaires<small>cette semaine</small>" in page
    assert "Semaines paires<small>à partir du lundi 7 décembre</small>" in page
    assert "2026 compte 53 semaines" in page
    assert written(anne).count == Count()  # nothing is saved yet
    typed = fields_of(page)
    assert (typed["week_2-start_0"], typed["week_2-end_3"]) == ("09:00", "12:00")
    typed |= {"week_2-start_0": "", "week_2-end_0": "", "week_2-start_3": "10h"}
    assert owner.post(schedule, typed).status_code == 302
    stored = written(anne)
    assert stored.count == Count(2, by_number=True)
    assert stored.weeks() == [{0: [(540, 600)], 3: [(540, 720)]}, {3: [(600, 720)]}]
    assert starts_on(follow_up, anne, MONDAY + timedelta(days=7)) == []
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=7))[0] == "10:00"
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=14))[0] == "09:00"
    page = page_of(owner.get(schedule))
    assert "semaine 49, impaire" in page
    assert "semaine 50, paire" in page


@pytest.mark.rule("3.1.11")
def test_what_a_page_did_not_show_of_the_turn_stays(owner, anne, schedule):
    """One that was opened before the other week was made, and a program that knows of one week only."""
    anne.schedule.write({0: [(540, 600)]})
    old_page = shown(owner, schedule)
    Schedule.objects.filter(pk=anne.schedule.pk).update(weeks=2, by_number=True)
    anne.schedule.other_lines.create(week=1, weekday=4, start=540, end=600)
    of_one_week = {
        name: value
        for name, value in old_page.items()
        if name.removeprefix("initial-") not in ("how", "first_monday")
    }
    for typed in (of_one_week | {"start_0": "08:00"}, {"start_0": "08:30", "end_0": "10:00"}):
        assert owner.post(schedule, typed).status_code == 302
        assert written(anne).count == Count(2, by_number=True)
        assert written(anne).weeks()[1] == {4: [(540, 600)]}
    assert written(anne).weeks()[0] == {0: [(510, 600)]}
    # Who chose something else meanwhile is told what stands there.
    answer = owner.post(schedule, old_page | {"how": "2"})
    assert answer.status_code == 422
    assert "Semaines impaires et semaines paires" in errors_of(page_of(answer))[0]


@pytest.mark.rule("3.1.11")
def test_a_turn_without_its_monday_is_refused_at_its_line(owner, anne, schedule):
    typed = shown(owner, schedule) | {"how": "3"}
    for monday, words in (
        ("2026-12-03", "Jeudi 3 décembre 2026. Celui de cette semaine est le 30 novembre."),
        ("", "Indiquez quel lundi commence la semaine 1."),
        ("2026-02-30", "Saisissez une date valide."),
    ):
        answer = owner.post(schedule, typed | {"first_monday": monday})
        assert answer.status_code == 422
        [said] = errors_of(page_of(answer))
        assert words in said
    assert written(anne).count == Count()
    assert owner.post(schedule, typed | {"first_monday": "2026-12-07"}).status_code == 302
    assert written(anne).count == Count(3, first_monday=date(2026, 12, 7))


@pytest.mark.rule("3.1.8")
def test_a_turn_that_leaves_somebody_outside_says_so(owner, anne, schedule, follow_up, julie):
    week_after = THURSDAY + timedelta(days=7)
    book_appointment(follow_up, anne, at(week_after, "09:00"), julie, by=By.practice(None), now=NOW)
    typed = shown(owner, schedule) | {"how": "number"}
    typed |= {"week_2-start_0": "09:00", "week_2-end_0": "10:00"}
    answer = owner.post(schedule, typed)
    assert answer.status_code == 409
    assert "Julie Petit" in page_of(answer)
    assert written(anne).count == Count()
    assert anyway(owner, schedule, typed).status_code == 302
    assert written(anne).count == Count(2, by_number=True)


def test_live_says_what_it_gives_and_nothing_else(owner, schedule, follow_up):
    typed = shown(owner, schedule) | {"how": "number"}
    page = page_of(owner.post(schedule, typed | {"live": "1"}))
    assert page.startswith('<div id="gives">')
    assert "Semaines paires" in page
    assert "semaine 50, paire" in page
    headers = {"HX-Request": "true"}
    page = page_of(owner.post(schedule, typed | {"reshape": "1"}, headers=headers))
    assert page.startswith('<div id="weeks">')


@pytest.mark.rule("3.1.12")
def test_a_period_begins_with_the_usual_weeks_and_holds(owner, anne, new, follow_up):
    anne.schedule.write({3: [(540, 720)]})
    typed = shown(owner, new) | SUMMER
    assert typed["start_3"] == "09:00"
    page = page_of(owner.post(new, typed | {"live": "1"}))
    assert "Du 7 au 13 décembre 2026" in page
    assert "Été" in page
    typed |= {"start_3": "14:00", "end_3": "15:00"}
    answer = owner.post(new, typed)
    assert answer.status_code == 302
    page = page_of(owner.get(answer["Location"]))
    assert "Du 7 au 20 décembre 2026" in page
    assert "Jeudi 14:00 – 15:00" in page
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=7)) == ["14:00", "14:30"]
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=21))[0] == "09:00"
    [entry] = JournalEntry.objects.filter(detail__contains="Été")
    assert "Du 7 au 20 décembre 2026" in entry.detail
    page = page_of(owner.get(reverse("office:schedule", args=[anne.pk])))
    assert "<small>Été</small>" in page


@pytest.mark.rule("3.1.12")
def test_two_periods_do_not_overlap_and_the_other_is_named(owner, anne, new):
    assert owner.post(new, shown(owner, new) | SUMMER).status_code == 302
    for dates in (
        {"first_date": "2026-12-20", "last_date": ""},
        {"first_date": "2026-12-01", "last_date": "2026-12-07"},
        {"first_date": "2026-12-01", "last_date": "2027-12-07"},
    ):
        answer = owner.post(new, shown(owner, new) | {"name": "Autre"} | dates)
        assert answer.status_code == 422
        assert "Été" in errors_of(page_of(answer))[0]
    typed = shown(owner, new) | {"name": "Autre", "first_date": "2026-12-21", "last_date": ""}
    assert owner.post(new, typed).status_code == 302
    assert [one.name for one in anne.schedule.periods.all()] == ["Été", "Autre"]
    page = page_of(owner.get(reverse("office:periods", args=[anne.pk])))
    assert "À partir du lundi 21 décembre 2026" in page


def test_bad_dates_are_refused_where_they_were_typed(owner, anne, new):
    for typed, field in (
        ({"name": ""}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"first_date": ""}, "first_date"),
        ({"first_date": "2026-13-01"}, "first_date"),
        ({"first_date": "2126-01-01", "last_date": ""}, "first_date"),
        ({"last_date": "2026-12-06"}, "last_date"),
        ({"first_date": "2026-11-01", "last_date": "2026-11-30"}, "last_date"),
        ({"start_0": "12:00", "end_0": "09:00"}, "start_0"),
        ({"start_0": "", "end_0": "09:00"}, "start_0"),
    ):
        answer = owner.post(new, shown(owner, new) | SUMMER | typed)
        assert answer.status_code == 422, typed
        assert f'id="id_{field}_error">' in page_of(answer), typed
    assert not Period.objects.exists()


@pytest.mark.rule("3.1.8")
def test_a_period_is_changed_and_deleted_by_name(owner, anne, new, follow_up, julie):
    anne.schedule.write({3: [(540, 720)]})
    typed = shown(owner, new) | SUMMER | {"start_3": "14:00", "end_3": "16:00"}
    owner.post(new, typed)
    period = anne.schedule.periods.get()
    inside = at(THURSDAY + timedelta(days=7), "14:00")
    book_appointment(follow_up, anne, inside, julie, by=By.practice(None), now=NOW)
    path = reverse("office:edit_period", args=[period.pk])
    typed = shown(owner, path) | {"start_3": "15:00"}
    assert "Julie Petit" in page_of(owner.post(path, typed))
    typed = shown(owner, path) | {"end_3": "18:00", "name": "Rentrée"}
    assert owner.post(path, typed).status_code == 302
    period.refresh_from_db()
    assert (period.name, written(anne).weeks(period.pk)) == ("Rentrée", [{3: [(840, 1080)]}])
    delete = reverse("office:delete_period", args=[period.pk])
    asks = owner.post(delete)
    page = page_of(asks)
    assert "Supprimer la période « Rentrée » ?" in page
    assert "Jeudi 14:00 – 18:00" in page or "jeudi 14:00 – 18:00" in page
    assert "Julie Petit" in page
    assert Period.objects.filter(pk=period.pk).exists()
    owner.post(delete, fields_of(page) | {"yes": "1"})
    assert not Period.objects.filter(pk=period.pk).exists()


def test_what_two_change_of_one_period_is_asked_about(owner, anne, new):
    owner.post(new, shown(owner, new) | SUMMER)
    period = anne.schedule.periods.get()
    path = reverse("office:edit_period", args=[period.pk])
    first, second = (shown(owner, path) | {"name": name} for name in ("Un", "Deux"))
    second |= {"last_date": "2026-12-18"}
    assert owner.post(path, first).status_code == 302
    answer = owner.post(path, second)
    assert answer.status_code == 422
    assert "« Un »" in page_of(answer)
    assert owner.post(path, fields_of(answer.content.decode())).status_code == 302
    period.refresh_from_db()
    assert (period.name, period.last_date) == ("Deux", date(2026, 12, 18))


@pytest.mark.rule("3.2.1")
def test_a_type_with_hours_of_its_own_has_the_same_pages(owner, anne, follow_up):
    pages = [
        "type_schedule",
        "type_periods",
        "new_type_period",
        "type_openings",
        "new_type_opening",
    ]
    paths = {name: reverse(f"office:{name}", args=[follow_up.pk]) for name in pages}
    assert {owner.get(path).status_code for path in paths.values()} == {404}
    Schedule.set_own(follow_up, {3: [(540, 600)]})
    assert paths["type_schedule"] in page_of(owner.get(f"/pro/settings/types/{follow_up.pk}/"))
    assert {owner.get(path).status_code for path in paths.values()} == {200}
    typed = shown(owner, paths["type_schedule"]) | {"how": "number"}
    typed |= {"week_2-start_3": "11:00", "week_2-end_3": "12:00"}
    assert owner.post(paths["type_schedule"], typed).status_code == 302
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=7)) == ["11:00", "11:30"]
    typed = shown(owner, paths["new_type_period"]) | SUMMER | {"how": "same"}
    typed |= {"start_3": "08:00", "end_3": "08:30"}
    assert owner.post(paths["new_type_period"], typed).status_code == 302
    assert starts_on(follow_up, anne, THURSDAY + timedelta(days=7)) == ["08:00"]
    page = page_of(owner.get(paths["new_type_opening"]))
    assert "for_all" not in page
    typed = shown(owner, paths["new_type_opening"]) | {"start": "9h", "end": "10h"}
    assert owner.post(paths["new_type_opening"], typed | {"date": "2026-12-12"}).status_code == 302
    assert starts_on(follow_up, anne, date(2026, 12, 12)) == ["09:00", "09:30"]
    # The general hours are what they were.
    assert anne.schedule.periods.count() + anne.schedule.special_days.count() == 0


def test_four_weeks_of_as_many_breaks_as_there_is_room_for_are_saved(owner, anne, schedule):
    full = [(60 * n, 60 * n + 30) for n in range(8, 21)]
    anne.schedule.write(dict.fromkeys(range(7), full))
    page = page_of(owner.post(schedule, shown(owner, schedule) | {"how": "4", "reshape": "1"}))
    assert owner.post(schedule, fields_of(page)).status_code == 302
    # From now on each field is sent with what it showed.
    assert (
        owner.post(schedule, shown(owner, schedule) | {"week_4-end_6": "23:00"}).status_code == 302
    )
    assert written(anne).weeks()[3][6] == [*full[:-1], (1200, 1380)]


def counted(schedule, weeks, **how):
    turn = {"weeks": weeks, "by_number": False, "first_monday": None, **how}
    Schedule.objects.filter(pk=schedule.pk).update(**turn)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"end_0": "21:00"},
        {"week_3-start_1": "20:00", "week_3-end_1": "21:00"},
        {"start_6": "x"},
    ],
)
def test_an_old_page_of_weeks_that_are_counted_otherwise_now_is_asked_about(
    owner, anne, schedule, typed
):
    counted(anne.schedule, 3, first_monday=MONDAY)
    old_page = shown(owner, schedule)
    for now in (
        {"weeks": 1}, {"weeks": 2, "by_number": True}, {"weeks": 2, "first_monday": MONDAY},
        {"weeks": 3, "first_monday": MONDAY + timedelta(days=7)},
    ):  # fmt: skip
        counted(anne.schedule, **now)
        before = written(anne)
        for button in ({}, {"preview": "1"}):
            answer = owner.post(schedule, old_page | typed | button)
            assert answer.status_code == 422, now
        assert written(anne) == before
        assert "Entre-temps" in errors_of(page_of(answer))[0]
    if "start_6" in typed:
        return
    # Saved again it is what she reads: all three of her weeks.
    assert owner.post(schedule, fields_of(answer.content.decode())).status_code in (302, 409)


def test_an_old_page_of_a_period_whose_weeks_are_counted_otherwise_now(owner, anne, new):
    owner.post(new, shown(owner, new) | SUMMER | {"how": "number"})
    period = anne.schedule.periods.get()
    path = reverse("office:edit_period", args=[period.pk])
    old_page = shown(owner, path) | {"week_2-start_0": "10:00"}
    Period.objects.filter(pk=period.pk).update(weeks=1, by_number=False)
    period.lines.filter(week=1).delete()
    answer = owner.post(path, old_page)
    assert answer.status_code == 422
    assert owner.post(path, fields_of(answer.content.decode())).status_code == 302
    first, second = written(anne).weeks(period.pk)
    assert second[0][0] == (600, first[0][-1][1]) or second[0][0][0] == 600


def test_a_limit_that_no_column_holds_is_refused_where_it_was_typed(owner, follow_up):
    path = reverse("office:edit_type", args=[follow_up.pk])
    for field in ("max_a_day", "max_a_week", "max_new_a_week"):
        answer = owner.post(path, shown(owner, path) | {field: "32768"})
        assert answer.status_code == 422
        assert f'id="id_{field}_error">' in page_of(answer)
        assert "Practitioner<" not in page_of(answer), page_of(answer).partition("Practitioner<")[
            0
        ][-200:]


def test_taking_a_types_own_hours_away_names_what_goes(owner, practice):
    type = make_type(practice, "Suites de couches")
    Schedule.set_own(type, {3: [(540, 600)]})
    path = reverse("office:edit_type", args=[type.pk])
    plan = type.own_schedule
    plan.periods.create(name="Été", first_date="2027-07-01")
    plan.special_days.create(date="2026-12-12", start=540, end=600)
    counted(plan, 2, by_number=True)
    typed = {name: value for name, value in shown(owner, path).items() if name != "own_schedule"}
    page = page_of(owner.post(path, typed))
    for words in ("2 semaines en alternance", "Période « Été »", "1 ouverture exceptionnelle"):
        assert words in page, words
    assert Schedule.objects.filter(appointment_type=type).exists()
    assert anyway(owner, path, typed).status_code == 302
    assert not Schedule.objects.filter(appointment_type=type).exists()


def test_days_of_other_hours_stand_after_a_space_that_holds():
    with translation.override("fr"):
        assert "\xa0; mardi" in hours_in_words({0: ((540, 720),), 1: ((600, 720),)})
    with translation.override("en"):
        assert "12:00; Tuesday" in hours_in_words({0: ((540, 720),), 1: ((600, 720),)})
