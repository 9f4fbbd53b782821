"""Absences and personal events: once or repeated, over appointments or not."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from maia.appointments.acts.blocking import change_absence
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment
from maia.appointments.slots import free_slots
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.schedules.models import Absence
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.pages import fields_of, on_one_line

PARIS = ZoneInfo("Europe/Paris")


def away(client, practitioner, **typed):
    data = {
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
    delete = reverse("office:delete_absence", args=[absence.pk])
    asked = owner.post(delete).content.decode()
    assert "Supprimer Congés" in asked
    assert "du jeudi 3 décembre 2026 au vendredi 4 décembre 2026" in asked
    assert Absence.objects.exists()
    owner.post(delete, {"yes": "1", "named": named_in(asked)})
    assert len(free_slots(follow_up, [anne], THURSDAY, until, now=NOW)) == 3


def named_in(page):
    return re.search(r'name="named" value="(\w+)"', on_one_line(page))[1]


@pytest.mark.rule("3.12.5")
def test_what_goes_is_what_the_page_has_named(owner, anne):
    """A colleague has moved it meanwhile: that is asked about anew, and nothing has gone."""
    start, end = at(THURSDAY, "09:00"), at(THURSDAY, "12:00")
    absence = anne.absences.create(start=start, end=end, title="Stage")
    delete = reverse("office:delete_absence", args=[absence.pk])
    named = named_in(owner.post(delete).content.decode())
    week = timedelta(weeks=1)
    Absence.objects.filter(pk=absence.pk).update(start=start + week, end=end + week)
    again = owner.post(delete, {"yes": "1", "named": named})
    assert again.status_code == 409
    assert "10 décembre" in again.content.decode()
    assert Absence.objects.exists()
    for crooked in ({"yes": "1"}, {"yes": "1", "named": "x"}):
        owner.post(delete, crooked)
    assert Absence.objects.exists()
    owner.post(delete, {"yes": "1", "named": named_in(again.content.decode())})
    assert not Absence.objects.exists()


def inside(practice, anne, follow_up, *times):
    """One appointment a time, each of another patient."""
    return [
        book_appointment(
            follow_up, anne, at(THURSDAY, time), make_patient(practice, f"P{time}", email=f"p{n}@p.example"),
            by=By.practice(None), now=NOW,
        )
        for n, time in enumerate(times)
    ]  # fmt: skip


def statuses(made):
    return [Appointment.objects.get(pk=one.pk).status for one in made]


@pytest.mark.rule("3.12.5")
def test_of_appointments_inside_each_is_kept_or_cancelled_with_a_word(
    owner, practice, anne, follow_up
):
    made = inside(practice, anne, follow_up, "09:30", "10:30", "11:30")
    answer = away(owner, anne)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "3 rendez-vous" in page
    assert "P10:30 Petit" in page
    assert "3 e-mails" in page
    assert page.count('name="goes"') == 3
    assert not re.search(r'name="goes"[^>]*checked', page)  # kept, until she says otherwise
    assert not Absence.objects.exists()
    shown = {"shown": [one.pk for one in made], "telling_shown": "True"}
    told = {"goes": [made[1].pk], "tell_patient": "on", "word": "Une naissance m’appelle."}
    assert away(owner, anne, **shown, **told).status_code == 302
    assert statuses(made) == ["confirmed", "cancelled", "confirmed"]
    announce(NOW)
    message = Message.objects.get(kind="cancelled", recipient="patient")
    assert message.patient_id == made[1].patient_id
    assert message.entry.words == "Une naissance m’appelle."


def test_all_are_ticked_by_one_button_and_still_asked(owner, practice, anne, follow_up):
    made = inside(practice, anne, follow_up, "09:30", "10:30")
    shown = {"shown": [one.pk for one in made], "telling_shown": "True", "tell_patient": "on"}
    page = away(owner, anne, **shown, all="1").content.decode()
    assert len(re.findall(r'name="goes"[^>]*checked', page)) == 2
    assert not Absence.objects.exists()
    away(owner, anne, **shown | {"goes": shown["shown"], "tell_patient": ""})
    assert statuses(made) == ["cancelled"] * 2
    announce(NOW)
    assert not Message.objects.filter(kind="cancelled").exists()


def test_none_is_ticked_by_one_button(owner, practice, anne, follow_up):
    made = inside(practice, anne, follow_up, "09:30", "10:30")
    keys = [one.pk for one in made]
    page = away(owner, anne, shown=keys, goes=keys, all="0").content.decode()
    assert not re.search(r'name="goes"[^>]*checked', page)
    assert statuses(made) == ["confirmed"] * 2


def test_what_they_receive_is_said_once_and_to_several(owner, practice, anne, follow_up):
    made = inside(practice, anne, follow_up, "09:30", "10:30", "11:30")
    page = on_one_line(away(owner, anne).content.decode())
    assert "Tout annuler enverrait 3 e-mails aux patientes." in page
    assert "La patiente reçoit" not in page
    assert "Un mot pour elles" in page
    made[1].patient.email = ""
    made[1].patient.save()
    page = on_one_line(away(owner, anne).content.decode())
    assert "2 e-mails" in page
    assert page.count("ne reçoit aucun message") == 1  # of the one that is unlike the others


def change(client, absence, **typed):
    path = reverse("office:edit_absence", args=[absence.pk])
    return client.post(path, fields_of(client.get(path).content.decode()) | typed)


@pytest.mark.rule("3.12.5")
def test_an_absence_is_changed_and_asks_about_what_it_newly_covers(
    owner, practice, anne, follow_up
):
    before, after, outside = inside(practice, anne, follow_up, "09:30", "10:30", "11:30")
    absence = anne.absences.create(
        start=at(THURSDAY, "09:00"), end=at(THURSDAY, "10:20"), title="Garde"
    )
    answer = change(owner, absence, last_time="11:15", title="Formation")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.findall(r'name="shown" value="(\d+)"', page) == [str(after.pk)]
    absence.refresh_from_db()
    assert absence.title == "Garde"
    told = {"shown": [after.pk], "goes": [after.pk], "telling_shown": "True"}
    assert change(owner, absence, last_time="11:15", title="Formation", **told).status_code == 302
    absence.refresh_from_db()
    assert (absence.title, absence.end) == ("Formation", at(THURSDAY, "11:15"))
    assert statuses([before, after, outside]) == ["confirmed", "cancelled", "confirmed"]


def test_an_absence_is_made_shorter_without_a_question(owner, practice, anne, follow_up):
    inside(practice, anne, follow_up, "09:30", "10:30")
    absence = anne.absences.create(
        start=at(THURSDAY, "00:00"), end=at(THURSDAY + timedelta(days=1), "00:00")
    )
    assert change(owner, absence, part_of_day="on", first_time="10:00").status_code == 302
    absence.refresh_from_db()
    assert absence.start == at(THURSDAY, "10:00")
    assert absence.end == at(THURSDAY + timedelta(days=1), "00:00")
    page = owner.get("/pro/absences/").content.decode()
    assert reverse("office:edit_absence", args=[absence.pk]) in page


def test_what_she_leaves_of_an_absence_stays_to_the_second(owner, anne):
    start, end = at(THURSDAY, "09:00") + timedelta(seconds=30), at(THURSDAY, "10:00")
    absence = anne.absences.create(start=start, end=end)
    assert change(owner, absence, title="Garde").status_code == 302
    absence.refresh_from_db()
    assert (absence.start, absence.end, absence.title) == (start, end, "Garde")


def test_an_absence_that_was_changed_meanwhile_says_so(owner, anne):
    absence = anne.absences.create(start=at(THURSDAY, "09:00"), end=at(THURSDAY, "10:00"))
    path = reverse("office:edit_absence", args=[absence.pk])
    shown = fields_of(owner.get(path).content.decode())
    assert change(owner, absence, last_time="12:00").status_code == 302
    answer = owner.post(path, shown | {"title": "Garde"})
    assert answer.status_code == 422
    assert "Entre-temps" in answer.content.decode()
    again = fields_of(answer.content.decode())
    assert owner.post(path, again).status_code == 302
    absence.refresh_from_db()
    assert (absence.end, absence.title) == (at(THURSDAY, "10:00"), "Garde")


def test_a_changed_absence_decides_again_of_who_booked_meanwhile(practice, anne, follow_up):
    absence = anne.absences.create(start=at(THURSDAY, "09:00"), end=at(THURSDAY, "09:30"))
    (one,) = inside(practice, anne, follow_up, "09:30")
    wanted, how = (absence.start, at(THURSDAY, "11:00")), {"by": By.practice(None), "now": NOW}
    with pytest.raises(ChangedMeanwhile):
        change_absence(absence, wanted, "", decided={}, **how)
    assert change_absence(absence, wanted, "", decided={one.pk: False}, **how) == []
    assert change_absence(absence, wanted, "", decided={}, **how) == []  # of those it has been said
    assert statuses([one]) == ["confirmed"]
    absence.delete()
    gone = Absence(pk=10**6, practitioner=anne, start=wanted[0], end=wanted[1])
    with pytest.raises(ChangedMeanwhile):
        change_absence(gone, wanted, "", decided={}, **how)


def test_what_was_booked_while_she_decided_is_asked_about(owner, practice, anne, follow_up):
    made = inside(practice, anne, follow_up, "09:30")
    shown = {"shown": [made[0].pk], "goes": [made[0].pk]}
    later = inside(practice, anne, follow_up, "11:00")
    answer = away(owner, anne, **shown)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "P11:00 Petit" in page
    assert len(re.findall(r'name="goes"[^>]*checked', page)) == 1  # what she ticked is
    assert statuses(made + later) == ["confirmed"] * 2


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
        {"title": "x" * 200},
    ],
)
def test_bad_input_is_refused_at_its_field(owner, anne, wrong):
    assert away(owner, anne, **wrong).status_code == 422
    assert not Absence.objects.exists()


@pytest.mark.rule("3.12.1")
def test_a_repetition_past_two_years_is_refused_where_it_was_typed(owner, anne):
    answer = away(owner, anne, repeat="weekly", repeat_until="2099-01-01")
    assert answer.status_code == 422
    assert "Dans les deux ans" in answer.content.decode()
    assert not Absence.objects.exists()


def offered(client, **asked):
    page = on_one_line(client.get("/pro/absences/new/", asked).content.decode())
    select = page.partition('name="practitioner"')[2].partition("</select>")[0]
    return re.findall(r'value="(\d+)"', select), re.findall(r'value="(\d+)" selected', select)


def test_those_are_offered_whose_time_she_may_close(sign_in, team, anne, ines):
    """Whoever is asked for by the address."""
    of_anne, of_ines = str(anne.pk), str(ines.pk)
    asked = {"practitioner": of_ines}
    assert offered(sign_in(team["owner"]), **asked) == ([of_anne, of_ines], [of_ines])
    assert offered(sign_in(team["owner"])) == ([of_anne, of_ines], [of_anne])
    asked = {"practitioner": of_anne}
    assert offered(sign_in(team["practitioner"]), **asked) == ([of_ines], [of_ines])
    client = sign_in(team["assistant"])
    assert offered(client) == ([], [])
    page = client.get("/pro/absences/new/").content.decode()
    assert "Les absences sont notées par chaque praticienne" in page
    assert 'name="first_date"' not in page


def test_an_assistant_closes_nothing(sign_in, team, anne):
    client = sign_in(team["assistant"])
    answer = away(client, anne)
    assert answer.status_code == 422
    assert "ferme son temps" in answer.content.decode()
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


def test_a_repetition_is_one_line(owner, anne):
    away(owner, anne, title="Garde", repeat="weekly", repeat_until="2027-06-30")
    page = owner.get("/pro/absences/").content.decode()
    assert page.count("Garde") == 1
    assert "30 fois, la dernière le jeudi 24 juin 2027" in page
