"""The patient's space and the personal link: hers, nobody else's, and dead when it should be."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.practices.models import Practice
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user

PAGES = ["appointment", "cancel", "move", "ics"]


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hers(follow_up, anne, julie):
    by = By.patient(julie.user)
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW, note="Ma note"
    )


@pytest.fixture
def patient(client, julie):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    client.force_login(julie.user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def mine(appointment, page="appointment", *args):
    return reverse(f"mine:{page}", args=[appointment.uid, *args])


def link(appointment, page="appointment", *args):
    return reverse(f"link:{page}", args=[appointment.link_token, *args])


def shown(appointment):
    """What its pages post, of the appointment as they show it."""
    return {"version": Appointment.objects.get(pk=appointment.pk).version}


def read(response):
    return response.content.decode()


def test_her_appointments_to_come_and_past(patient, hers, follow_up, anne, julie):
    gone = book_appointment(
        follow_up, anne, at(THURSDAY, "15:00"), julie, by=By.patient(None), now=NOW
    )
    cancel_appointment(gone, by=By.patient(None), now=NOW)
    page = read(patient.get("/mes-rendez-vous/"))
    assert page.index("jeudi 3 décembre 2026, 09:30") < page.index("Passés et annulés")
    assert page.index("15:00") > page.index("Passés et annulés")


def test_the_list_takes_a_constant_number_of_queries(
    patient, follow_up, anne, julie, django_assert_max_num_queries
):
    for n in range(20):
        day = THURSDAY + timedelta(days=n)
        book_appointment(follow_up, anne, at(day, "09:00"), julie, by=By.practice(None), now=NOW)
    with django_assert_max_num_queries(8):
        patient.get("/mes-rendez-vous/")


def test_cancelling_asks_first_and_says_so_after(patient, hers):
    assert patient.get(mine(hers, "cancel")).status_code == 200
    hers.refresh_from_db()
    assert hers.status == "confirmed"
    page = read(patient.post(mine(hers, "cancel"), shown(hers), follow=True))
    hers.refresh_from_db()
    assert hers.status == "cancelled"
    assert "Votre rendez-vous est annulé" in page


@pytest.mark.rule("3.4.6")
@pytest.mark.parametrize("way", [mine, link])
def test_a_word_goes_along_when_she_cancels_or_moves(patient, hers, way):
    word = {"word": "  Mon fils est malade.  "}
    assert 'name="word"' in read(patient.get(way(hers, "cancel")))
    patient.post(way(hers, "move_there", at(THURSDAY, "15:00")), word | shown(hers))
    assert hers.history.last().words == "Mon fils est malade."
    patient.post(way(hers, "cancel"), {"word": "Toujours."} | shown(hers))
    assert hers.history.last().words == "Toujours."
    assert "Toujours." not in read(patient.get("/mes-rendez-vous/"))


@pytest.mark.rule("3.4.9")
@pytest.mark.parametrize("way", [mine, link])
@pytest.mark.parametrize("page", ["cancel", "move_there"])
def test_what_the_practice_moved_meanwhile_is_read_before_it_is_changed(patient, hers, way, page):
    old, word = shown(hers), {"word": "Mon fils est malade."}
    move_appointment(hers, at(THURSDAY, "16:00"), by=By.practice(None), now=NOW)
    address = way(hers, page, *([at(THURSDAY, "15:00")] if page == "move_there" else []))
    for typed in (old | word, word):
        answer = patient.post(address, typed)
        assert answer.status_code == 409
        assert "a changé entre-temps" in read(answer)
        assert "16:00" in read(answer)
        assert "Mon fils est malade." in read(answer)
        current = Appointment.objects.get(pk=hers.pk)
        assert (current.status, current.start) == ("confirmed", at(THURSDAY, "16:00"))
    assert f'name="version" value="{current.version}"' in read(answer)
    patient.post(address, word | shown(hers))
    current = Appointment.objects.get(pk=hers.pk)
    assert current.status == "cancelled" or current.start == at(THURSDAY, "15:00")


def test_the_same_move_twice_is_one(patient, hers):
    there, once = mine(hers, "move_there", at(THURSDAY, "15:00")), shown(hers)
    assert patient.post(there, once).status_code == patient.post(there, once).status_code == 302
    assert hers.history.filter(action="moved").count() == 1


def test_a_word_too_long_is_said_beside_it_and_nothing_is_done(patient, hers):
    for page in (mine(hers, "cancel"), mine(hers, "move_there", at(THURSDAY, "15:00"))):
        answer = patient.post(page, {"word": "é" * 301})
        assert answer.status_code == 422
        assert "300" in read(answer)
        assert "é" * 301 in read(answer)
    hers = Appointment.objects.get()
    assert (hers.status, hers.start) == ("confirmed", at(THURSDAY, "09:30"))


def test_another_time_picked_keeps_her_word_and_moves_nothing_yet(patient, hers):
    there = mine(hers, "move_there", at(THURSDAY, "15:00"))
    answer = patient.post(there, {"word": "Plus tard", "choose": "1"})
    assert answer.status_code == 200
    assert "Plus tard" in read(answer)
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")


def test_her_appointments_are_in_the_colours_of_her_practice(patient, hers, practice, julie):
    Practice.objects.filter(pk=practice.pk).update(accent_colour="#7a4f9a")
    theme = "/theme/2/7a4f9a.css"
    page = read(patient.get("/mes-rendez-vous/"))
    assert theme in page
    assert practice.name in page[: page.index("</header>")]
    other = Practice.objects.create(name="Autre", slug="autre", accent_colour="#aa3311")
    make_patient(other, "Julie", julie.user)
    page = read(patient.get("/mes-rendez-vous/"))
    assert theme not in page  # of two, none


def test_moving_offers_slots_then_moves(patient, hers):
    there = mine(hers, "move_there", at(THURSDAY, "15:00"))
    assert there in read(patient.get(mine(hers, "move") + "?from=2026-12-03"))
    assert "15:00" in read(patient.get(there))
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")
    patient.post(there, shown(hers))
    assert Appointment.objects.get().start == at(THURSDAY, "15:00")


@pytest.mark.parametrize("hours", [1, 100])
def test_moving_says_until_when_it_can_be_changed_again(patient, hers, anne, hours):
    there = mine(hers, "move_there", at(THURSDAY, "15:00"))
    type(anne).objects.filter(pk=anne.pk).update(cancellation_deadline_hours=hours)
    page = read(patient.get(there))
    assert ("en ligne jusqu’au jeudi 3 décembre à 14:00" in page) is (hours == 1)
    assert ("qu’en appelant le cabinet" in page) is (hours == 100)


@pytest.mark.rule("3.4.5")
def test_moving_to_a_time_just_taken_keeps_the_old_one(patient, hers, practice, follow_up, anne):
    lina = make_patient(practice, "Lina")
    book_appointment(follow_up, anne, at(THURSDAY, "15:00"), lina, by=By.patient(None), now=NOW)
    answer = patient.post(mine(hers, "move_there", at(THURSDAY, "15:00")), shown(hers))
    assert answer.status_code == 409
    assert "vient d’être pris" in read(answer)
    assert mine(hers, "move_there", at(THURSDAY, "15:30")) in read(answer)
    hers = Appointment.objects.get(pk=hers.pk)
    assert hers.start == at(THURSDAY, "09:30")


@pytest.mark.rule("3.4.6")
def test_after_the_deadline_she_is_told_to_call(patient, hers):
    with time_machine.travel(hers.start - timedelta(hours=23)):
        assert "merci d’appeler" in read(patient.get(mine(hers)))
        assert patient.post(mine(hers, "cancel"), shown(hers)).status_code == 409
        assert patient.get(mine(hers, "move")).status_code == 302
        there = mine(hers, "move_there", at(THURSDAY + timedelta(days=1), "15:00"))
        assert patient.post(there, shown(hers)).status_code == 409
    hers.refresh_from_db()
    assert hers.status == "confirmed"


@pytest.mark.rule("3.6.9")
def test_the_calendar_file(patient, hers):
    answer = patient.get(mine(hers, "ics"))
    assert answer["Content-Type"].startswith("text/calendar")
    assert 'filename="rendez-vous-2026-12-03.ics"' in answer["Content-Disposition"]
    assert b"METHOD:PUBLISH" in answer.content


@pytest.mark.parametrize("page", PAGES)
def test_nobody_and_a_stranger_see_nothing(client, hers, page):
    assert client.get(mine(hers, page))["Location"].startswith("/accounts/login/")
    assert client.post(mine(hers, "cancel"))["Location"].startswith("/accounts/login/")
    stranger = make_patient(hers.practice, "Lina", make_user("lina@patiente.example"))
    for user in (stranger.user, hers.practitioner.user):
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(mine(hers, page)).status_code == 404
        assert client.post(mine(hers, "cancel")).status_code == 404
        assert client.get(f"/tilleuls/booked/{hers.uid}/").status_code == 404
    hers.refresh_from_db()
    assert hers.status == "confirmed"


def test_a_page_of_hers_is_kept_by_no_cache(patient, hers):
    for path in ("/mes-rendez-vous/", mine(hers), link(hers)):
        assert "no-store" in patient.get(path)["Cache-Control"]


@pytest.mark.rule("3.6.11")
def test_the_link_shows_time_place_and_practitioner_and_nothing_else(client, hers):
    page = read(client.get(link(hers)))
    assert "3 place du Marché" in page
    assert "Anne Morel" in page
    for secret in ("grossesse", "Julie", "Petit", "Ma note", "julie@"):
        assert secret not in page
        assert secret not in read(client.get(link(hers, "move")))
        assert secret not in read(client.get(link(hers, "cancel")))


def test_opening_the_link_changes_nothing_and_posting_does(client, hers):
    for page in (*PAGES, "cancel"):
        client.get(link(hers, page))
    client.get(link(hers, "move_there", at(THURSDAY, "15:00")))
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")
    client.post(link(hers, "move_there", at(THURSDAY, "15:00")), shown(hers))
    assert Appointment.objects.get().start == at(THURSDAY, "15:00")
    client.post(link(hers, "cancel"), shown(hers))
    assert Appointment.objects.get().status == "cancelled"


@pytest.mark.parametrize("page", PAGES)
def test_the_link_dies_with_the_appointment(client, hers, page):
    with time_machine.travel(hers.end):
        past = client.get(link(hers, page))
    cancel_appointment(hers, by=By.practice(None), now=NOW)
    cancelled = client.get(link(hers, page))
    unknown = client.get(f"/a/{'x' * 16}/")
    assert past.status_code == cancelled.status_code == unknown.status_code == 404
    assert "Rennes" not in read(cancelled)
    assert client.post(link(hers, "cancel")).status_code == 404
