"""Tokens in the settings: shown once, hers alone, revoked for good."""

import re

from django.urls import reverse

from maia.tokens.issuing import find_token, seat_of
from maia.tokens.models import Token
from tests.conftest import NOW


def make(client, role="owner", name="Logiciel Z"):
    client.post("/pro/settings/tokens/", {"name": name, "role": role})
    page = client.get("/pro/settings/tokens/").content.decode()
    found = re.search(r"maia_[\w-]{30,}", page)
    return found.group() if found else None


def test_a_token_is_shown_once_and_opens_her_practice(owner, practice):
    secret = make(owner)
    token = find_token(secret, NOW)
    assert (token.practice, seat_of(token).role, token.name) == (practice, "owner", "Logiciel Z")
    page = owner.get("/pro/settings/tokens/").content.decode()
    assert secret not in page
    assert "Logiciel Z" in page
    path = reverse("office:revoke_token", args=[token.pk])
    assert "Logiciel Z" in owner.post(path).content.decode()  # asks first
    assert find_token(secret, NOW) is not None
    owner.post(path, {"yes": "1"})
    assert find_token(secret, NOW) is None


def test_a_role_above_hers_is_refused(sign_in, team):
    client = sign_in(team["practitioner"])
    assert make(client, "owner") is None
    assert client.post("/pro/settings/tokens/", {"name": "x", "role": "owner"}).status_code == 422
    assert seat_of(find_token(make(client, "assistant"), NOW)).role == "assistant"


def test_nobody_revokes_anothers(owner, sign_in, team):
    find_token(make(owner), NOW)
    token = Token.objects.get()
    client = sign_in(team["practitioner"])
    assert client.post(reverse("office:revoke_token", args=[token.pk])).status_code == 404
    assert "Logiciel Z" not in client.get("/pro/settings/tokens/").content.decode()
