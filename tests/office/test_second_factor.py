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
from django.test import Client
from django.urls import reverse

from maia.tokens.issuing import make_token
from tests.conftest import NOW, signed_in


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
