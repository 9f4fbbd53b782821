"""*Save anyway* is in spite of what was shown; one main act at a time; what was done says with whom."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment, Event
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.pages import on_one_line

NEW = "/pro/appointments/new/"


@pytest.fixture
def booked(anne, follow_up, julie):
    nine = at(THURSDAY, "09:00")
    return book_appointment(follow_up, anne, nine, julie, by=By.practice(None), now=NOW)


def saves(page):
    """The buttons that save, as they are seen, with what they send."""
    buttons = re.findall(
        r"<button(?![^>]*(?:unseen|formnovalidate|plain|outline|type=))([^>]*)>(.*?)</button>",
        on_one_line(page),
    )
    return [
        (re.sub("<.*", "", words).strip(), re.search(r'value="(\w+)"', how))
        for how, words in buttons
    ]


def noting(anne, follow_up, patient, time="09:00"):
    return {
        "request_key": "8c8f9a2e-0000-4000-8000-000000000001", "patient": patient.pk, "type": follow_up.pk,
        "practitioner": anne.pk, "date": "2026-12-03", "time": time,
    }  # fmt: skip


def test_what_is_noted_in_spite_of_an_overlap_is_what_was_warned_of(
    owner, booked, anne, follow_up, practice
):
    zoe = make_patient(practice, "Zoé")
    typed = noting(anne, follow_up, zoe)
    warned = owner.post(NEW, typed)
    assert warned.status_code == 409
    ((words, mark),) = saves(warned.content.decode().split('class="saves"')[1])
    assert words.startswith("Enregistrer quand même")
    # Another time, which meets somebody else: that is told first.
    ten = at(THURSDAY, "10:00")
    iris = make_patient(practice, "Iris")
    book_appointment(follow_up, anne, ten, iris, by=By.practice(None), now=NOW)
    other = owner.post(NEW, typed | {"time": "10:00", "allow_overlap": mark[1]})
    assert other.status_code == 409
    assert "Iris" in other.content.decode()
    # Another one that meets nothing is an appointment like any other.
    free = owner.post(NEW, typed | {"time": "11:00", "allow_overlap": mark[1]})
    assert free.status_code == 302
    assert Appointment.objects.get(patient=zoe).event.exclusive
    again = typed | {"request_key": "8c8f9a2e-0000-4000-8000-000000000002"}
    assert owner.post(NEW, again | {"allow_overlap": mark[1]}).status_code == 302
    assert Appointment.objects.filter(patient=zoe).count() == 2


def test_the_same_sentence_of_another_day_is_another_warning(
    owner, booked, anne, follow_up, practice, julie
):
    """Who comes each week at nine is told of in the same words each time."""
    week = timedelta(days=7)
    by = By.practice(None)
    book_appointment(follow_up, anne, at(THURSDAY + week, "09:00"), julie, by=by, now=NOW)
    typed = noting(anne, follow_up, make_patient(practice, "Zoé"))
    warned = owner.post(NEW, typed)
    ((_words, mark),) = saves(warned.content.decode().split('class="saves"')[1])
    meant = {"allow_overlap": mark[1]}
    assert owner.post(NEW, typed | meant | {"date": "2026-12-10"}).status_code == 409
    assert owner.post(NEW, typed | meant | {"patient": julie.pk}).status_code == 409
    assert owner.post(NEW, typed | meant).status_code == 302
    iris = make_patient(practice, "Iris")
    moved = book_appointment(follow_up, anne, at(THURSDAY, "15:00"), iris, by=by, now=NOW)
    there = {
        "date": "2026-12-10", "time": "09:10", "practitioner": anne.pk, "version": moved.version,
    }  # fmt: skip
    address = reverse("office:move", args=[moved.pk])
    moving = owner.post(address, there).content.decode().split('id="moving"')[1]
    ((_words, mark),) = saves(moving.split("</form>")[0])
    meant = {"allow_overlap": mark[1]}
    assert owner.post(address, there | meant | {"date": "2026-12-03"}).status_code == 409
    assert owner.post(address, there | meant).status_code == 302


def test_moving_and_personal_events_have_one_main_act_as_well(
    owner, booked, anne, follow_up, practice
):
    iris = make_patient(practice, "Iris")
    ten = at(THURSDAY, "10:00")
    book_appointment(follow_up, anne, ten, iris, by=By.practice(None), now=NOW)
    there = {
        "date": "2026-12-03",
        "time": "10:00",
        "practitioner": anne.pk,
        "version": booked.version,
    }
    warned = owner.post(reverse("office:move", args=[booked.pk]), there)
    moving = warned.content.decode().split('id="moving"')[1].split("</form>")[0]
    ((words, mark),) = saves(moving)
    assert words == "Déplacer quand même"
    moved = owner.post(reverse("office:move", args=[booked.pk]), there | {"allow_overlap": mark[1]})
    assert moved.status_code == 302
    typed = {
        "practitioner": anne.pk, "title": "Livraison", "date": "2026-12-03", "time": "10:00",
        "until": "11:00", "repeat": "never", "every": 1,
    }  # fmt: skip
    warned = owner.post("/pro/events/new/", typed)
    assert warned.status_code == 409
    ((words, mark),) = [one for one in saves(warned.content.decode()) if "Enregistrer" in one[0]]
    assert words == "Enregistrer quand même"
    later = owner.post(
        "/pro/events/new/", typed | {"until": "16:00", "time": "09:00", "anyway": "0"}
    )
    assert later.status_code == 409
    assert owner.post("/pro/events/new/", typed | {"anyway": mark[1]}).status_code == 302
    assert Event.objects.filter(kind=Event.Kind.PERSONAL).count() == 1


def test_a_record_that_looks_like_another_has_one_main_act(owner, julie):
    typed = {"first_name": julie.first_name, "last_name": julie.last_name}
    page = owner.post("/pro/patients/new/", typed).content.decode()
    buttons = [words for words, _mark in saves(page) if "fiche" in words or "dossier" in words]
    assert len(buttons) == 1, buttons
    assert "une autre personne" in buttons[0]


def test_what_was_done_says_with_whom_and_when_and_waits_in_no_cookie(
    owner, anne, follow_up, julie
):
    made = owner.post(NEW, noting(anne, follow_up, julie))
    assert "Julie" not in str(made.cookies)
    said = "Julie Petit, jeudi 3 décembre à 09:00\u00a0: rendez-vous enregistré."
    sheet = owner.get(made.url).content.decode()
    assert said in sheet
    assert said not in owner.get(made.url).content.decode(), "once"
    assert "Rendez-vous : Julie Petit, jeudi 3 décembre à 09:00." in on_one_line(sheet), "asked so"
    pk, version = Appointment.objects.values_list("pk", "version").get()
    gone = owner.post(reverse("office:cancel", args=[pk]), {"version": version}, follow=True)
    assert (
        "Julie Petit, jeudi 3 décembre à 09:00\u00a0: rendez-vous annulé" in gone.content.decode()
    )


def test_signed_out_nobody_reads_what_was_done(owner, anne, follow_up, julie):
    owner.post(NEW, noting(anne, follow_up, julie))
    owner.post("/accounts/logout/")
    assert "Julie" not in owner.get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        ("2026-12-03", "09:00", ""),
        ("2026-12-03", "06:00", "ne consulte pas à cette heure"),
        ("2026-12-03", "20:00", "ne consulte pas à cette heure"),
        ("2026-12-25", "09:00", "ne reçoit pas alors\N{NO-BREAK SPACE}: Noël"),
        ("x", "", ""),
    ],
)
def test_a_time_when_she_is_closed_is_said_and_never_refused(
    owner, anne, follow_up, julie, day, time, words
):
    typed = noting(anne, follow_up, julie, time) | {"date": day}
    said = owner.post(reverse("office:noting_told"), typed).json()["outside"]
    assert words in said
    assert bool(words) == bool(said)
    page = owner.get(f"{NEW}?type={follow_up.pk}&practitioner={anne.pk}&start={day}T{time}")
    assert (said in page.content.decode()) or not words
    if words:
        assert owner.post(NEW, typed).status_code == 302


def test_a_type_with_hours_of_its_own_is_judged_by_them(owner, anne, follow_up, julie):
    from maia.schedules.models import Schedule

    Schedule.objects.create(appointment_type=follow_up).write({3: [(360, 420)]})
    told = reverse("office:noting_told")
    early, usual = (noting(anne, follow_up, julie, time) for time in ("06:00", "09:00"))
    assert owner.post(told, early).json()["outside"] == ""
    assert "ne consulte pas" in owner.post(told, usual).json()["outside"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/pro/events/new/", "title"),
        ("/pro/patients/new/", "first_name"),
        ("/pro/absences/new/", "practitioner"),
    ],
)
def test_a_form_begins_at_its_first_field(owner, path, field):
    page = on_one_line(owner.get(path).content.decode())
    assert re.search(rf'name="{field}"[^>]*autofocus', page)
    assert page.count("autofocus") == 1
