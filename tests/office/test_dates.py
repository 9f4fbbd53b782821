"""Odd dates and numbers on the practice's and the patients' pages: an answer where they were typed."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.models import Event
from maia.schedules.models import Absence, Schedule
from tests.conftest import NOW, THURSDAY, at
from tests.pages import anyway, on_one_line, shown

YEARS = ["0001", "1899", "2201", "9999"]


@pytest.fixture
def booked(anne, follow_up, julie):
    nine = at(THURSDAY, "09:00")
    return book_appointment(follow_up, anne, nine, julie, by=By.practice(None), now=NOW)


@pytest.mark.rule("3.1.10")
@pytest.mark.parametrize("year", YEARS)
def test_a_year_that_nobody_lives_in(owner, client, anne, follow_up, julie, booked, year):
    day = f"{year}-12-25"
    for path in (
        f"/tilleuls/book/{follow_up.pk}/?from={day}",
        f"/pro/appointments/new/?start={day}T09:00",
        f"/pro/appointments/availability/?date={day}&type={follow_up.pk}&practitioner={anne.pk}",
    ):
        assert owner.get(path).status_code == 200, path
    events = f"/pro/agenda/events/?start={day}T00:00&end={day}T23:00"
    assert owner.get(events).status_code == 400
    stamp = f"{year}1225T0900Z"
    confirm = f"/tilleuls/book/{follow_up.pk}/{anne.pk}/{stamp}/"
    assert client.get(confirm).status_code == 404
    new = shown(owner, "/pro/appointments/new/")
    typed = new | {"patient": julie.pk, "type": follow_up.pk, "practitioner": anne.pk,
                   "date": day, "time": "09:00"}  # fmt: skip
    answer = owner.post("/pro/appointments/new/", typed)
    assert answer.status_code == 422
    assert "Une année de 1900 à 2200" in answer.content.decode()
    typed = {"date": day, "time": "09:00", "version": booked.version}
    assert owner.post(reverse("office:move", args=[booked.pk]), typed).status_code == 422
    away = {"kind": "absence", "practitioner": anne.pk, "first_date": day, "last_date": day,
            "repeat": "never"}  # fmt: skip
    assert owner.post("/pro/absences/new/", away).status_code == 422
    assert not Absence.objects.exists()
    assert Event.objects.count() == 1


@pytest.mark.parametrize("odd", ["²", "٣", "1e3", "9" * 30, "-1", " 1", "0x1"])
def test_what_is_no_number_is_no_error_of_ours(owner, follow_up, anne, booked, julie, odd):
    for path in (
        f"/pro/appointments/availability/?date=2026-12-03&type={odd}&practitioner={odd}",
        f"/pro/appointments/new/?practitioner={odd}&type={odd}&patient={odd}",
        f"/tilleuls/embed/?type={odd}&practitioner={odd}",
        f"/pro/agenda/events/?start=2026-12-01T00:00&end=2026-12-02T00:00&type={odd}&practitioner={odd}",
    ):
        assert owner.get(path).status_code < 500, path
    for path, typed in (
        (reverse("office:cancel", args=[booked.pk]), {"version": odd}),
        (reverse("office:move", args=[booked.pk]),
         {"version": odd, "date": "2026-12-03", "time": "10:00"}),
        (reverse("office:merge", args=[julie.pk]), {"other": odd}),
    ):  # fmt: skip
        assert owner.post(path, typed).status_code < 500, path
    booked.refresh_from_db()
    assert (booked.start, booked.status) == (at(THURSDAY, "09:00"), "confirmed")


def test_a_types_own_hours_ask_before_they_leave_somebody_outside(owner, follow_up, booked):
    path = reverse("office:edit_type", args=[follow_up.pk])
    typed = shown(owner, path) | {"own_schedule": "on", "start_0": "09:00", "end_0": "12:00"}
    answer = owner.post(path, typed)
    assert answer.status_code == 409
    assert "jeudi 3 décembre 2026, 09:00 – Julie Petit" in on_one_line(answer.content.decode())
    assert not Schedule.objects.filter(appointment_type=follow_up).exists()
    assert anyway(owner, path, typed).status_code == 302
    assert Schedule.objects.get(appointment_type=follow_up).hours() == {0: [(540, 720)]}


@pytest.mark.rule("3.1.10")
@pytest.mark.parametrize("year", ["1901", "2016", "2037"])
def test_a_year_typed_wrong_is_refused_where_it_is_typed(
    owner, anne, follow_up, julie, booked, year
):
    day, words = f"{year}-11-25", "plus de dix ans d’aujourd’hui"
    new = shown(owner, "/pro/appointments/new/")
    new |= {"patient": julie.pk, "type": follow_up.pk, "practitioner": anne.pk}
    event = {"practitioner": anne.pk, "title": "Staff", "time": "14:00", "until": "15:00"}
    away = {"practitioner": anne.pk, "first_date": day, "last_date": day, "repeat": "never"}
    moved = {"date": day, "time": "09:00", "version": booked.version}
    (staff,) = block_time(
        anne, at(THURSDAY, "14:00"), at(THURSDAY, "15:00"), Text(), now=NOW, allow_overlap=False
    )
    drag = moved | {"end": f"{day}T09:30", "version": 0}
    move, move_event = reverse("office:move", args=[booked.pk]), f"/pro/events/{staff.pk}/move/"
    for path, typed, field in (
        ("/pro/appointments/new/", new | {"date": day, "time": "09:00"}, "date"),
        ("/pro/events/new/", event | {"date": day}, "date"),
        (f"/pro/events/{staff.pk}/", event | {"date": day}, "date"),
        ("/pro/absences/new/", away, "first_date"),
        (move, moved, None),
    ):
        answer = owner.post(path, typed)
        assert answer.status_code == 422, path
        assert words in answer.content.decode(), path
        if field:
            assert field in answer.context["form"].errors
    for path, typed in ((move, moved), (move_event, drag)):
        answer = owner.post(path, typed, headers={"accept": "application/json"})
        assert answer.status_code == 422
        assert words in answer.json()["error"]
    assert not Absence.objects.exists()
    assert Event.objects.count() == 2


def test_a_birth_date_is_of_somebody_who_lives(owner, julie):
    path = reverse("office:patient", args=[julie.pk])
    answer = owner.post(path, shown(owner, path) | {"birth_date": "2027-01-01"})
    assert "Cette date ne peut pas être une date de naissance" in answer.content.decode()
    julie.refresh_from_db()
    assert julie.birth_date is None


@pytest.mark.rule("3.1.10")
def test_what_stands_ten_years_away_keeps_its_day_while_the_rest_changes(
    owner, anne, ines, follow_up, booked
):
    far = at(THURSDAY.replace(year=2039), "14:00")
    hour = timedelta(hours=1)
    (staff,) = block_time(
        anne, at(THURSDAY, "14:00"), at(THURSDAY, "15:00"), Text(), now=NOW, allow_overlap=False
    )
    Event.objects.filter(pk=staff.pk).update(start=far, end=far + hour)
    path = f"/pro/events/{staff.pk}/"
    page = shown(owner, path) | {"note": "Salle 2"}
    assert owner.post(path, page).status_code == 302
    staff.refresh_from_db()
    assert (staff.note, staff.start) == ("Salle 2", far)
    answer = owner.post(path, shown(owner, path) | {"time": "13:00"})
    assert list(answer.context["form"].errors) == ["date"]
    assert "plus de dix ans" in answer.content.decode()
    far += timedelta(days=1)
    Event.objects.filter(pk=booked.event_id).update(start=far, end=far + hour)
    moved = {"date": "2039-12-04", "time": "14:00", "until": "15:00", "practitioner": ines.pk}
    page = moved | {"version": booked.version}
    assert owner.post(reverse("office:move", args=[booked.pk]), page).status_code == 302
    booked.event.refresh_from_db()
    assert (booked.event.practitioner, booked.event.start) == (ines, far)


@pytest.mark.parametrize(("first", "count"), [("2036-11-30", 2), ("2036-12-02", 0)])
def test_no_time_is_offered_that_would_be_refused(owner, anne, follow_up, first, count):
    """Ten years from 1 December 2026."""
    asked = f"?type={follow_up.pk}&practitioner={anne.pk}&from={first}"
    page = owner.get(f"/pro/appointments/availability/{asked}").content.decode()
    days = set(re.findall(r"\b20\d\d-\d\d-\d\d(?=T)", page))
    assert len(days) == count, days
