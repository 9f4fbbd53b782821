"""Absences and personal events: once or repeated, over appointments or not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from maia.appointments.agenda import By
from maia.appointments.booking import book_appointment
from maia.appointments.models import Appointment, Event
from maia.appointments.slots import free_slots
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.schedules.models import Absence
from tests.conftest import NOW, THURSDAY, at

PARIS = ZoneInfo("Europe/Paris")


def away(client, practitioner, **typed):
    data = {
        "kind": "absence",
        "practitioner": practitioner.pk,
        "first_date": "2026-12-03",
        "last_date": "2026-12-03",
        "repeat": "never",
        **typed,
    }
    return client.post("/pro/absences/new/", data)


@pytest.mark.rule("3.1.7")
def test_whole_days_close(owner, anne, follow_up):
    assert away(owner, anne, last_date="2026-12-04", title="Congés").status_code == 302
    absence = Absence.objects.get()
    assert (absence.start, absence.end) == (
        at(THURSDAY, "00:00"),
        at(THURSDAY + timedelta(days=2), "00:00"),
    )
    until = THURSDAY + timedelta(days=2)
    assert list(free_slots(follow_up, [anne], THURSDAY, until, now=NOW)) == [until]
    page = owner.get("/pro/absences/").content.decode()
    assert "du jeudi 3 décembre 2026 au vendredi 4 décembre 2026" in page
    assert "Congés" in page
    owner.post(reverse("office:delete_absence", args=[absence.pk]))
    assert len(free_slots(follow_up, [anne], THURSDAY, until, now=NOW)) == 3


def test_appointments_inside_are_listed_then_cancelled_with_a_message(
    owner, anne, follow_up, julie
):
    by = By.patient(None)
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW)
    answer = away(owner, anne)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "1 rendez-vous se trouve dans ce temps" in page
    assert "Julie Petit" in page
    assert not Absence.objects.exists()
    away(owner, anne, cancel="1")
    assert Appointment.objects.get().status == "cancelled"
    announce(NOW)
    assert Message.objects.filter(kind="cancelled", recipient="patient").count() == 1


def test_or_kept(owner, anne, follow_up, julie):
    by = By.patient(None)
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW)
    away(owner, anne, keep="1")
    assert Absence.objects.count() == 1
    assert Appointment.objects.get().status == "confirmed"


def test_a_personal_event_every_other_week(owner, anne, follow_up):
    away(
        owner, anne, kind="personal", title="Réseau", part_of_day="on", first_time="09:00", last_time="10:00",
        repeat="fortnightly", repeat_until="2026-12-31",
    )  # fmt: skip
    starts = list(Event.objects.order_by("start").values_list("start", flat=True))
    days = [THURSDAY + timedelta(days=14 * n) for n in range(3)]
    assert starts == [at(day, "09:00") for day in days]
    second = Event.objects.get(start=starts[1])
    path = reverse("office:personal_event", args=[second.pk])
    assert "Réseau" in owner.get(path).content.decode()
    owner.post(path)  # without this one
    assert Event.objects.count() == 2
    owner.post(
        reverse("office:personal_event", args=[Event.objects.first().pk]), {"following": "1"}
    )
    assert not Event.objects.exists()


def test_a_personal_event_over_an_appointment_asks_first(owner, anne, follow_up, julie):
    by = By.patient(None)
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW)
    typed = {"kind": "personal", "part_of_day": "on", "first_time": "09:00", "last_time": "10:00"}
    weekly = {"repeat": "weekly", "repeat_until": "2026-12-20"}
    assert away(owner, anne, **typed, **weekly).status_code == 409
    assert Event.objects.count() == 1  # none of the three weeks
    away(owner, anne, **typed, **weekly, anyway="1")
    assert Event.objects.filter(kind="personal").count() == 3
    assert Event.objects.filter(kind="personal", exclusive=False).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_date": "2026-12-02"},
        {"part_of_day": "on", "first_time": "10:00", "last_time": "09:00"},
        {"last_date": "2036-12-03"},
        {"first_date": "hier"},
        {"repeat": "weekly"},
        {"repeat": "weekly", "repeat_until": "2026-12-01"},
        {"repeat": "hourly"},
        {"last_date": "2026-12-20", "repeat": "weekly", "repeat_until": "2027-01-31"},
        {"kind": "party"},
        {"title": "x" * 200},
    ],
)
def test_bad_input_is_refused_at_its_field(owner, anne, wrong):
    assert away(owner, anne, **wrong).status_code == 422
    assert not Absence.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.rule("3.12.1")
def test_a_repetition_past_two_years_is_refused_where_it_was_typed(owner, anne):
    answer = away(owner, anne, repeat="weekly", repeat_until="2099-01-01")
    assert answer.status_code == 422
    assert "Dans les deux ans" in answer.content.decode()
    assert not Absence.objects.exists()


def test_an_assistant_takes_time_in_the_agenda_and_closes_nothing(sign_in, team, anne):
    client = sign_in(team["assistant"])
    answer = away(client, anne)
    assert answer.status_code == 422
    assert "ferme son temps" in answer.content.decode()
    assert away(client, anne, kind="personal").status_code == 302
    absence = anne.absences.create(start=NOW, end=NOW + timedelta(hours=1))
    assert client.post(reverse("office:delete_absence", args=[absence.pk])).status_code == 403


def test_hours_of_whole_days_are_not_on_the_page_and_are_not_written(owner, anne):
    hidden = {"first_time": "06:15", "last_time": "vingt heures", "repeat_until": "demain"}
    away(owner, anne, **hidden)
    (absence,) = Absence.objects.all()
    assert absence.start == at(THURSDAY, "00:00")
    assert absence.end == at(THURSDAY + timedelta(days=1), "00:00")


def test_a_part_of_a_day_has_an_hour_at_one_end_or_both(owner, anne):
    away(owner, anne, part_of_day="on", first_time="14:00")
    (absence,) = Absence.objects.all()
    assert absence.start == at(THURSDAY, "14:00")
    assert absence.end == at(THURSDAY + timedelta(days=1), "00:00")
