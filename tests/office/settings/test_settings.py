"""The professional sheet, the weekly schedule, the types: what the seed page asks of them."""

import re

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.schedules.models import AppointmentType, Category, Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.pages import on_one_line, shown

MONDAY = {"start_0": "09:00", "break_start_0": "12:30", "break_end_0": "14:00", "end_0": "18:00"}


def week(practitioner):
    return {line.weekday: line.ranges for line in practitioner.schedule.lines.all()}


def save_week(client, practitioner, **typed):
    return client.post(reverse("office:schedule", args=[practitioner.pk]), typed)


def test_a_week_is_saved_one_line_a_day(owner, anne):
    assert save_week(owner, anne, **MONDAY, start_2="9h", end_2="13h").status_code == 302
    assert week(anne) == {0: [(540, 750), (840, 1080)], 2: [(540, 780)]}


@pytest.mark.rule("3.1.1")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"start_0": "18:00", "end_0": "09:00"}, "La fin vient avant le début"),
        ({"start_0": "09:00", "end_0": "09:00"}, "La fin vient avant le début"),
        (MONDAY | {"break_start_0": "08:00"}, "à l’intérieur des horaires"),
        (MONDAY | {"break_end_0": "19:00"}, "à l’intérieur des horaires"),
        (MONDAY | {"break_end_0": ""}, "Une pause a un début et une fin"),
        ({"start_0": "09:00"}, "Donnez un début et une fin"),
        ({"start_0": "abc", "end_0": "10:00"}, "heure valide"),
        ({"start_0": "25:00", "end_0": "26:00"}, "heure valide"),
    ],
)
def test_errors_are_told_at_the_line_and_nothing_is_saved(owner, anne, typed, words):
    before = week(anne)
    answer = save_week(owner, anne, **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'class="wrong"' in page
    assert week(anne) == before


def test_a_week_without_hours_is_asked_about(owner, anne):
    stored, closed = week(anne), {}
    for weekday in range(7):
        for name in ("start", "break_start", "break_end", "end"):
            closed[f"{name}_{weekday}"] = ""
    asked = save_week(owner, anne, **closed)
    assert asked.status_code == 409
    assert "Toute la semaine est fermée" in asked.content.decode()
    assert week(anne) == stored
    assert save_week(owner, anne, **closed, anyway=asked.context["mark"]).status_code == 302
    assert week(anne) == {}
    assert save_week(owner, anne, **closed).status_code == 302  # as it was


def test_until_midnight(owner, anne):
    save_week(owner, anne, start_0="20:00", end_0="00:00")
    assert week(anne) == {0: [(1200, 1440)]}


def test_the_preview_says_what_the_week_gives_and_saves_nothing(owner, anne, follow_up):
    before = week(anne)
    page = save_week(owner, anne, **MONDAY, preview="1").content.decode()
    assert "Lundi\u00a0: 15 créneaux de 30 min, le premier à 09:00" in page
    assert week(anne) == before


@pytest.mark.rule("3.1.8")
def test_appointments_left_outside_are_listed_before_saving(owner, anne, follow_up, julie):
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW)
    answer = save_week(owner, anne, **MONDAY)
    assert answer.status_code == 409
    assert "jeudi 3 décembre 2026, 09:30 – Julie Petit" in on_one_line(answer.content.decode())
    assert 3 in week(anne)
    mark = answer.context["mark"]
    assert save_week(owner, anne, **MONDAY, anyway=mark).status_code == 302
    assert week(anne).keys() == {0}


@pytest.mark.rule("3.1.8")
def test_all_that_would_be_outside_is_listed_beside_the_button(owner, practice, anne, follow_up):
    by = By.practice(None)
    for n in range(12):
        hour = 9 + n // 2 if n < 6 else 11 + n // 2  # she is closed from 12 to 14
        start = at(THURSDAY, f"{hour:02}:{n % 2 * 30:02}")
        book_appointment(follow_up, anne, start, make_patient(practice, f"N{n}"), by=by, now=NOW)
    # What stands outside already is there on purpose.
    late = make_patient(practice, "Tard")
    book_appointment(follow_up, anne, at(THURSDAY, "20:00"), late, by=by, now=NOW)
    page = on_one_line(save_week(owner, anne, **MONDAY, preview="1").content.decode())
    assert "12 rendez-vous à venir" in page
    answer = page.partition('id="answer"')[2].partition('class="actions"')[0]
    assert len(re.findall(r"/pro/appointments/\d+/", answer)) == 12
    assert "2 autres" in answer


def test_a_type_is_previewed_as_it_is_typed(owner):
    typed = {"name": "Suivi", "duration_minutes": "30", "colour": "red;}", "description": "**a**"}
    page = owner.post("/pro/settings/types/preview/", typed).content.decode()
    assert "<strong>a</strong>" in page
    assert "red;}" not in page
    assert not AppointmentType.objects.exists()


def type_form(**typed):
    return {
        "name": "Rééducation",
        "duration_minutes": 45,
        "colour": "#3B6FB6",
        "description": "Sur **ordonnance**.",
        "allow_online_booking": "on",
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        **typed,
    }


@pytest.mark.rule("3.2.1")
def test_a_type_with_its_own_schedule(owner, practice, anne):
    answer = owner.post(
        "/pro/settings/types/new/",
        type_form(category_name="Après la naissance", own_schedule="on", **MONDAY),
    )
    assert answer.status_code == 302
    made = AppointmentType.objects.get()
    assert (made.colour, made.category.name) == ("#3b6fb6", "Après la naissance")
    assert made.own_schedule.lines.get().weekday == 0
    path = reverse("office:edit_type", args=[made.pk])
    owner.post(path, type_form(category_name="Après la naissance"))
    assert not Schedule.objects.filter(appointment_type=made).exists()
    assert Category.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"duration_minutes": 0},
        {"duration_minutes": -5},
        {"duration_minutes": 9999},
        {"duration_minutes": "abc"},
        {"colour": "red;}"},
        {"name": ""},
        {"own_schedule": "on", "start_0": "18:00", "end_0": "09:00"},
        {"description": "x" * 5001},
    ],
)
def test_a_bad_type_is_refused_whole(owner, practice, wrong):
    assert owner.post("/pro/settings/types/new/", type_form(**wrong)).status_code == 422
    assert not AppointmentType.objects.exists()
    assert not Schedule.objects.filter(appointment_type__isnull=False).exists()


def test_order_duplicate_archive(owner, practice):
    first = make_type(practice, "Un", position=0)
    second = make_type(practice, "Deux", position=1)
    Schedule.objects.create(appointment_type=second).write({0: [(540, 600)]})

    def act(type, action):
        return owner.post(reverse("office:change_type", args=[type.pk, action]), {"yes": "1"})

    act(second, "up")
    act(second, "up")  # at the top already
    names = AppointmentType.objects.filter(archived=False).values_list("name", flat=True)
    assert list(names) == ["Deux", "Un"]
    act(second, "duplicate")
    copy = AppointmentType.objects.get(name="Deux (copie)")
    assert not copy.allow_online_booking
    assert copy.own_schedule.lines.get().ranges == [(540, 600)]
    act(first, "archive")
    assert list(names.all()) == ["Deux", "Deux (copie)"]
    act(first, "restore")
    assert "Un" in names.all()
    assert act(first, "explode").status_code == 404


@pytest.mark.rule("3.2.4")
def test_what_is_set_is_what_patients_see(owner, client, practice, anne):
    owner.post(
        "/pro/settings/types/new/", type_form(own_schedule="on", start_3="10:00", end_3="11:30")
    )
    owner.post("/pro/settings/types/new/", type_form(name="Interne", allow_online_booking=""))
    online = AppointmentType.objects.get(name="Rééducation")
    page = owner.get(f"/tilleuls/book/{online.pk}/?from=2026-12-01").content.decode()
    assert "<strong>ordonnance</strong>" in page
    assert page.count('class="slot"') == 2  # Thursday 10:00 and 10:45, nothing of the general hours
    assert "Interne" not in owner.get("/tilleuls/", follow=True).content.decode()


def test_types_change_places_by_arrow_and_by_drag(owner, practice):
    made = [make_type(practice, name, position=n) for n, name in enumerate("abcd")]

    def change(type, action, **typed):
        path = reverse("office:change_type", args=[type.pk, action])
        assert owner.post(path, typed).status_code == 302
        return "".join(AppointmentType.objects.values_list("name", flat=True))

    assert change(made[1], "up") == "bacd"
    assert change(made[0], "shift", by="2") == "bcda"
    assert change(made[3], "shift", by="-2") == "dbca"
    for nonsense in ("9", "-9", "x", "", "99999999999"):
        assert change(made[3], "shift", by=nonsense) == "dbca"


@pytest.mark.rule("3.2.13")
def test_a_practitioner_hands_no_type_to_colleagues_and_takes_none(
    sign_in, team, anne, ines, practice
):
    client = sign_in(ines.user)
    shared = make_type(practice, "À toutes")
    of_both = make_type(practice, "Aux deux")
    of_both.set_owners([anne, ines])
    of_both.save()
    of_both.save_owners([anne, ines])
    hers = make_type(practice, "À elle", practitioner=ines)
    for type, owner in (
        (shared, ines),
        (shared, anne),
        (of_both, ines),
        (of_both, anne),
        (hers, anne),
    ):
        path = reverse("office:edit_type", args=[type.pk])
        typed = shown(client, path) | {"practitioner": owner.pk}
        typed.pop("practitioners", None)
        answer = client.post(path, typed)
        assert answer.status_code == 422, (type, owner)
        assert type == of_both or "la titulaire" in answer.content.decode()
    for_anne = type_form(name="Pour Anne", practitioner=anne.pk)
    assert client.post(reverse("office:new_type"), for_anne).status_code == 422
    # Hers, and a new one for everybody, as before; and what else a shared one says.
    for owner in (ines.pk, ""):
        typed = type_form(name=f"Nouveau {owner}", practitioner=owner)
        assert client.post(reverse("office:new_type"), typed).status_code == 302
    path = reverse("office:edit_type", args=[shared.pk])
    assert client.post(path, shown(client, path) | {"name": "À nous"}).status_code == 302
    client = sign_in(team["owner"])
    assert client.post(path, shown(client, path) | {"practitioner": ines.pk}).status_code == 302


@pytest.mark.rule("3.8.10")
def test_the_postcodes_visited_are_read_as_they_are_written(owner, anne):
    path = reverse("office:practitioner", args=[anne.pk])
    for wrong in ("35000 Rennes (centre)", "12", " ".join(str(n) for n in range(10000, 10151))):
        answer = owner.post(path, shown(owner, path) | {"postcodes_served": wrong})
        assert answer.status_code == 422, wrong
    typed = shown(owner, path) | {"postcodes_served": "35000, 35200;35700 35000 2a004"}
    assert owner.post(path, typed).status_code == 302
    anne.refresh_from_db()
    assert anne.postcodes_served == "35000 35200 35700 2A004"
