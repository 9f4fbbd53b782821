"""A second factor for the whole team."""

import re
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maia.tokens.issuing import make_token
from tests.conftest import NOW, signed_in
from tests.pages import on_one_line


def ask(client, value="yes"):
    return client.post("/pro/settings/team/second-factor/", {"require": value}, follow=True)


def test_who_asks_for_it_has_hers_first(owner, practice):
    assert "Mettez d’abord en place" in ask(owner).content.decode()
    practice.refresh_from_db()
    assert not practice.require_second_factor


def test_who_has_none_is_led_to_one_and_sees_nothing(sign_in, team, practice):
    TOTP.activate(team["owner"], generate_totp_secret())
    owner = sign_in(team["owner"], factor=True)
    ask(owner)
    practice.refresh_from_db()
    assert practice.require_second_factor
    assert owner.get("/pro/").status_code == 200
    assistant = sign_in(team["assistant"])
    for path in ("/pro/", "/pro/patients/", "/pro/agenda/events/"):
        answer = assistant.get(path)
        assert answer.status_code == 403
        assert "/accounts/2fa/totp/activate/" in answer.content.decode()
    TOTP.activate(team["assistant"], generate_totp_secret())
    assert sign_in(team["assistant"], factor=True).get("/pro/").status_code == 200


def test_it_is_asked_for_at_the_door(client, team, mailoutbox):
    """A code by email alone does not open the account of who has a second factor."""
    TOTP.activate(team["assistant"], generate_totp_secret())
    client.post("/accounts/login/code/", {"email": team["assistant"].email})
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/pro/").status_code == 302


@pytest.fixture
def strict(practice):
    practice.require_second_factor = True
    practice.save()
    return practice


@pytest.mark.rule("3.5.11")
def test_it_is_asked_of_this_sessions_own_sign_in(sign_in, team, strict):
    """A session opened by a password alone does not pass because she sets one up afterwards."""
    before = sign_in(team["assistant"])
    TOTP.activate(team["assistant"], generate_totp_secret())
    answer = before.get("/pro/patients/")
    assert answer["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fpro%2Fpatients%2F"
    assert before.post("/pro/patients/search/", {"patient_search": "x"}).status_code == 403
    assert sign_in(team["assistant"], factor=True).get("/pro/patients/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_one_up_ends_her_other_sessions_and_opens_this_one(sign_in, team, strict):
    user = team["assistant"]
    other, frame = signed_in(Client(), user), signed_in(Client(), user)
    here = sign_in(user)
    here.get(reverse("mfa_activate_totp"))
    secret = here.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    here.post(reverse("mfa_activate_totp"), {"code": code})
    assert here.get("/pro/").status_code == 200
    for client in (other, frame):
        assert client.get("/mon-compte/").status_code == 302
    user.refresh_from_db()
    other = signed_in(Client(), user, factor=True)
    assert other.get("/pro/").status_code == 200
    here.post(reverse("mfa_deactivate_totp"))
    assert other.get("/mon-compte/").status_code == 302
    assert here.get("/mon-compte/").status_code == 200
    assert here.get("/pro/").status_code == 403


def test_a_new_password_ends_her_other_sessions(sign_in, team):
    user = team["assistant"]
    user.set_password("une-phrase-de-passe")
    user.save()
    other, here = signed_in(Client(), user), sign_in(user)
    typed = {"oldpassword": "une-phrase-de-passe"}
    typed |= dict.fromkeys(("password1", "password2"), "une-autre-phrase")
    here.post(reverse("account_change_password"), typed)
    assert here.get("/mon-compte/").status_code == 200
    assert other.get("/mon-compte/").status_code == 302


def test_tokens_and_feeds_ask_for_it_too(client, team, strict, anne):
    _token, secret = make_token(team["owner"], "x", now=NOW, practice=strict)
    feed = anne.feeds.create(user=team["owner"])
    headers = {"authorization": f"Bearer {secret}"}
    answer = client.get("/api/v1/office/patients", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
    refused = client.get(reverse("feed", args=[feed.uid, feed.secret]))
    assert refused.status_code == 403
    assert "BEGIN" not in refused.content.decode()
    TOTP.activate(team["owner"], generate_totp_secret())
    assert client.get("/api/v1/office/patients", headers=headers).status_code == 200
    assert client.get(reverse("feed", args=[feed.uid, feed.secret])).status_code == 200


def test_seats_are_made_in_one_place():
    for file in Path("maia").rglob("*.py"):
        if file.name != "seats.py":
            assert not re.search(r"\bSeat\(", file.read_text()), file


def set_up(client):
    """She scans the square and types the code that her application shows; where that leads."""
    client.get(reverse("mfa_activate_totp"))
    counter = next(yield_hotp_counters_from_time())
    code = format_hotp_value(hotp_value(client.session["mfa.totp.secret"], counter))
    return client.post(reverse("mfa_activate_totp"), {"code": code})


def way_on(client, path):
    page = client.get(path)
    assert page.status_code == 200
    return re.search(
        r'class="actions"><a class="button" href="([^"]+)"', on_one_line(page.content.decode())
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("password", [True, False])
def test_from_being_asked_to_where_she_was_going(sign_in, team, strict, password):
    """Her code has just been typed: she reads her recovery codes at once, and goes on."""
    user = team["assistant"]
    if password:
        user.set_password("une-phrase-de-passe")
        user.save()
    assistant = sign_in(user)
    assert assistant.get("/pro/patients/?page=2").status_code == 403
    codes = set_up(assistant)["Location"]
    assert codes == reverse("mfa_view_recovery_codes")
    assert way_on(assistant, codes).group(1) == "/pro/patients/?page=2"
    assert assistant.get("/pro/patients/?page=2").status_code == 200
    assert way_on(assistant, codes).group(1) == "/pro/"


@pytest.mark.django_db(transaction=True)
def test_who_asks_the_team_sets_hers_up_and_comes_back(owner):
    page = ask(owner).content.decode()
    assert 'href="/accounts/2fa/totp/activate/"' in page
    assert way_on(owner, set_up(owner)["Location"]).group(1) == "/pro/settings/team/"


ACCOUNT_PAGES = (
    "/mon-compte/", "/mon-compte/supprimer/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/", "/accounts/email/", "/accounts/sessions/", "/mes-rendez-vous/",
    "/tilleuls/", "/rien/du/tout/", "/accounts/password/set/",
)  # fmt: skip


def test_a_member_finds_her_agenda_from_every_page_of_hers(sign_in, team, elsewhere):
    member = sign_in(team["assistant"])
    member.get("/pro/")
    for path in ACCOUNT_PAGES:
        page = member.get(path).content.decode()
        assert 'href="/pro/">Retour à l’agenda' in on_one_line(page), path
        assert "Cabinet des Tilleuls" in page, path
        assert re.search(r"<h1>\s*[^<\s]", page), path
    team["assistant"].memberships.all().delete()  # she has left
    assert "/pro/" not in member.get("/mon-compte/").content.decode()


def test_who_is_no_member_pays_nothing_for_it(sign_in, julie, follow_up, team):
    patient = sign_in(julie.user)
    for path in ("/mon-compte/", "/tilleuls/"):
        with CaptureQueriesContext(connection) as asked:
            assert "/pro/" not in patient.get(path).content.decode()
        assert not [one for one in asked if "practices_membership" in one["sql"]], path


def test_no_page_has_a_title_that_its_layout_never_reads():
    """What stands outside of a block of a template that extends another is not run."""
    for file in Path("maia").rglob("templates/**/*.html"):
        outside, text = 0, file.read_text()
        if "{% extends" not in text:
            continue
        for tag in re.findall(r"{% (block |endblock\b|translate [^%]* as )", text):
            outside += {"block ": 1, "endblock": -1}.get(tag, 0)
            assert outside or not tag.startswith("translate"), file
