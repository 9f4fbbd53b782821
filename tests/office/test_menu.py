"""The frame of the office: where one is, what waits, and the menu that stays when a page is not there."""

import re

import pytest
from django.urls import reverse

from maia.messaging.models import Message
from tests.conftest import NOW, make_patient, make_user


def current(answer):
    """The words of the entries that are marked as where she is."""
    marked = re.findall(r'<a[^>]*aria-current="page"[^>]*>(.*?)</a>', answer.content.decode(), re.S)
    return [" ".join(re.sub(r"<[^>]*>", " ", words).split()) for words in marked]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("agenda", ["Agenda"]),
        ("patients", ["Patientes"]),
        ("appointments", ["Rendez-vous"]),
        ("attendance", ["Rendez-vous"]),
        ("messages", ["Messages", "Plus"]),
        ("types", ["Réglages", "Plus"]),
        ("new_appointment", ["Nouveau rendez-vous"]),
    ],
)
def test_the_menu_says_where_she_is(owner, name, words):
    assert current(owner.get(reverse(f"office:{name}"))) == words


def test_it_says_how_many_messages_wait_for_her(owner, practice, anne):
    Message.objects.create(
        practice=practice, practitioner=anne, kind="test", recipient="practitioner",
        channel="email", status="failed", key="k", due_at=NOW, try_after=NOW,
    )  # fmt: skip
    page = owner.get(reverse("office:patients")).content.decode()
    assert "1 message n’est pas parti, ou peut-être pas." in page


@pytest.mark.parametrize("role", ["owner", "assistant"])
def test_settings_are_in_the_menu_of_who_has_them(sign_in, team, role):
    page = sign_in(team[role]).get(reverse("office:more")).content.decode()
    assert (reverse("office:settings") in page) == (role == "owner")


def test_a_page_that_is_not_for_her_says_whose_it_is_and_keeps_the_menu(sign_in, team):
    answer = sign_in(team["assistant"]).get(reverse("office:settings"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Les réglages sont réservés aux praticiennes" in page
    assert f'href="{reverse("office:patients")}"' in page


def test_a_record_that_is_not_there_keeps_the_menu_and_the_way_to_the_agenda(owner):
    answer = owner.get(reverse("office:patient", args=[987654]))
    assert answer.status_code == 404
    assert "Retour à l’agenda" in answer.content.decode()
    assert current(answer) == ["Patientes"]


def test_a_record_elsewhere_shows_nothing_of_its_practice(owner, elsewhere):
    stranger = make_patient(elsewhere["practice"])
    page = owner.get(reverse("office:patient", args=[stranger.pk])).content.decode()
    assert elsewhere["practice"].name not in page


def test_an_address_that_never_was_keeps_the_menu_too(owner):
    answer = owner.get("/pro/nowhere/at/all/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.content.decode()
    assert current(answer) == []  # she is nowhere
    assert reverse("office:patients") in answer.content.decode()
    assert owner.get("/pro/appointments", follow=True).status_code == 200  # a slash was forgotten


def test_a_patient_is_told_whose_page_it_is_and_where_hers_are(sign_in, db):
    answer = sign_in(make_user("julie@example.fr")).get(reverse("office:agenda"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "réservée à l’équipe du cabinet" in page
    assert "julie@example.fr" in page
    assert f'<a href="{reverse("appointments")}">Mes rendez-vous</a>' in page.partition("<main")[2]


def test_patients_see_no_menu_of_the_office(client, db):
    page = client.get("/nowhere/").content.decode()
    assert reverse("office:patients") not in page
