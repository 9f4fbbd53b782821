"""What the panel beside the agenda gets: the page itself without its frame, behind the same doors."""

import re

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.office import panel
from maia.schedules.models import Absence
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.office.appointments.test_sheet import note
from tests.pages import fields_of, on_one_line

IN_PANEL = {"Maia-Panel": "1"}
NEW = "/pro/appointments/new/?start=2026-12-03T09:30"


@pytest.fixture
def hers(follow_up, anne, julie):
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )


def inner(answer):
    """What stands in ``main``, but for what differs from one request to the next."""
    main = re.search(r"<main[^>]*>(.*)</main>", answer.content.decode(), re.DOTALL)[1]
    return re.sub(r'name="(csrfmiddlewaretoken|request_key)" value="[^"]+"', "", main).split()


def pages(hers):
    event = block_time(
        hers.practitioner,
        at(THURSDAY, "14:00"),
        at(THURSDAY, "15:00"),
        Text("Réunion"),
        now=NOW,
        allow_overlap=True,
    )[0]
    away = Absence.objects.create(
        practitioner=hers.practitioner, start=at(THURSDAY, "16:00"), end=at(THURSDAY, "17:00")
    )
    of = {"personal_event": event.pk, "delete_event": event.pk, "edit_absence": away.pk}
    made = [reverse(f"office:{name}") for name in panel.MADE]
    # whose hour of correcting is over is led elsewhere
    shown = [name for name in panel.OF_ONE if name != "correct_patient"]
    return [
        *made,
        *(reverse(f"office:{name}", args=[of.get(name, hers.pk)]) for name in shown),
    ]


def test_it_is_the_same_page_without_the_frame(owner, hers):
    for path in pages(hers):
        whole, alone = owner.get(path), owner.get(path, headers=IN_PANEL)
        assert (whole.status_code, alone.status_code) == (200, 200)
        assert inner(alone) == inner(whole)
        assert b'class="rail"' in whole.content
        for framed in (b'class="rail"', b"<script", b"<footer", b"stylesheet"):
            assert framed not in alone.content
        assert "Maia-Panel" in whole["Vary"]
        assert "Maia-Panel" in alone["Vary"]
        assert len(alone.content) < len(whole.content)


def test_refused_it_has_the_same_errors(owner, anne, follow_up, hers):
    typed = {"date": "2026-12-03", "practitioner": anne.pk, "type": follow_up.pk}
    whole = owner.post(NEW, typed)
    alone = owner.post(NEW, typed, headers=IN_PANEL)
    assert (whole.status_code, alone.status_code) == (422, 422)
    assert inner(alone) == inner(whole)
    assert "Erreur" in alone.content.decode()


def test_saved_it_says_where_that_leads_and_what_was_done(owner, anne, follow_up, julie):
    owner.defaults["HTTP_MAIA_PANEL"] = "1"
    made = note(owner, anne, follow_up, patient=julie.pk, time="09:30")
    sheet = reverse("office:sheet", args=[Appointment.objects.get().pk])
    said = "Julie Petit, jeudi 3 décembre à 09:30\u00a0: rendez-vous enregistré."
    assert made.json() == {"to": sheet, "then": "close", "said": said}
    saved = owner.post(sheet, {"version": 0, "send_email": "on"})
    assert saved.json() == {"to": sheet, "then": "stay", "said": "C’est enregistré."}
    del owner.defaults["HTTP_MAIA_PANEL"]
    assert "message success" not in owner.get("/pro/").content.decode()  # it was said once


def test_where_it_cannot_be_shown_the_message_waits_for_that_page(owner, practice):
    path = reverse("office:new_patient")
    made = owner.post(path, {"first_name": "Lina", "last_name": "Roy"}, headers=IN_PANEL)
    answer = made.json()
    assert (answer["then"], answer["said"]) == ("leave", "")
    assert "message success" in owner.get(answer["to"]).content.decode()


def test_its_doors_are_those_of_the_page(client, owner, hers):
    for path in pages(hers):
        assert owner.get(path, headers=IN_PANEL).status_code == 200
    owner.logout()
    for path in pages(hers):
        answer = client.get(path, headers=IN_PANEL)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (
            302,
            "/accounts/login/code/",
        )
    stranger = signed_in(client, make_user("zoe@exemple.example"))
    for path in pages(hers):
        assert stranger.get(path, headers=IN_PANEL).status_code == 403


def test_another_practices_appointment_is_none(owner, elsewhere):
    booked = book_appointment(
        elsewhere["type"],
        elsewhere["practitioner"],
        at(THURSDAY, "09:30"),
        elsewhere["patient"],
        by=By.practice(elsewhere["owner"]),
        now=NOW,
    )
    path = reverse("office:sheet", args=[booked.pk])
    assert owner.get(path, headers=IN_PANEL).status_code == 404


def test_an_overlap_after_a_drag_says_with_whom(owner, hers, anne, follow_up, practice):
    zoe = make_patient(practice, "Zoé")
    second = book_appointment(
        follow_up, anne, at(THURSDAY, "10:30"), zoe, by=By.practice(anne.user), now=NOW
    )
    answer = owner.post(
        reverse("office:move", args=[second.pk]),
        {"date": "2026-12-03", "time": "09:35", "version": second.version},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 409
    name = hers.patient.name
    assert answer.json()["met"] == [f"Vous avez déjà {name} de 09:30 à 10:00."]
    # Who books while the question stands is asked about too.
    iris, half = make_patient(practice, "Iris"), at(THURSDAY, "10:00")
    book_appointment(follow_up, anne, half, iris, by=By.practice(None), now=NOW)
    typed = {"date": "2026-12-03", "time": "09:35", "version": second.version}
    move, as_json = reverse("office:move", args=[second.pk]), {"Accept": "application/json"}
    again = owner.post(move, typed | {"allow_overlap": answer.json()["mark"]}, headers=as_json)
    assert again.status_code == 409
    assert len(again.json()["met"]) == 2
    meant = typed | {"allow_overlap": again.json()["mark"]}
    assert owner.post(move, meant, headers=as_json).status_code == 200


@pytest.mark.rule("3.12.5")
@pytest.mark.parametrize("name", ["new_appointment", "new_event", "new_absence"])
def test_a_drag_becomes_any_of_three_with_its_start_and_its_end(owner, anne, ines, name):
    span = f"start=2026-12-03T10:00&end=2026-12-03T11:30&practitioner={ines.pk}"
    page = on_one_line(owner.get(f"{reverse(f'office:{name}')}?{span}").content.decode())
    for other in ("new_appointment", "new_event", "new_absence"):
        assert (
            f'href="{reverse(f"office:{other}")}?{span.replace("&", "&amp;").replace(":", "%3A")}"'
            in page
        )
    assert 'aria-current="true"' in page
    typed = fields_of(page)
    begins = {"new_absence": ("first_date", "first_time", "last_time")}
    day, start, end = begins.get(name, ("date", "time", "until"))
    assert (typed[day], typed[start], typed[end]) == ("2026-12-03", "10:00", "11:30")
    assert typed["practitioner"] == str(ines.pk)


def test_whole_days_of_the_agenda_are_whole_days_of_an_absence(owner, anne):
    span = "start=2026-12-03T00:00&end=2026-12-05T00:00"
    typed = fields_of(owner.get(f"{reverse('office:new_absence')}?{span}").content.decode())
    assert (typed["first_date"], typed["last_date"]) == ("2026-12-03", "2026-12-04")
    assert "part_of_day" not in typed
    for start in ("x", "9999-99-99T99:99", "2026-12-03T10:00&end=x", ""):
        assert owner.get(f"{reverse('office:new_absence')}?start={start}").status_code == 200
