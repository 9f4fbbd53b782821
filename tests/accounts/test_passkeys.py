"""Passkeys: offered by a script that has seen that there are any, and called in French."""

import re

import pytest
from django.urls import reverse

from tests.conftest import signed_in

pytestmark = pytest.mark.once


def test_its_page_is_in_french(client, julie):
    page = signed_in(client, julie.user).get(reverse("mfa_add_webauthn"), follow=True)
    text = page.content.decode()
    assert 'name="credential"' in text
    assert ">Nom de cette clé d’accès</label>" in text
    assert re.search(r"<input[^>]*name=\"passwordless\"[^>]*checked", text)  # made to sign in with
    assert ">Name" not in text
    assert "Ce navigateur n’a pas de clés d’accès" in text


def test_every_page_that_offers_one_asks_the_browser_first(client, julie):
    for page in ("account_login", "mfa_index", "mfa_add_webauthn"):
        if page != "account_login":
            signed_in(client, julie.user)
        text = client.get(reverse(page)).content.decode()
        assert "maia/passkeys.js" in text, page
