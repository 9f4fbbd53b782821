"""Passkeys: offered by a script that has seen that there are any, and called in French."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from tests.conftest import make_user, signed_in

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


PASSWORD = "une-phrase-de-passe"


def make_key(user, *, signs_in_by_itself=True):
    said = {"clientExtensionResults": {"credProps": {"rk": signs_in_by_itself}}}
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé", "credential": said}
    )


def sign_in_by_password(client, user):
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})["Location"]


def test_a_passkey_switches_on_no_second_step(client, db):
    nina = make_user("nina@patiente.example", PASSWORD)
    make_key(nina)
    assert sign_in_by_password(client, nina) == "/accounts/arrived/"


@pytest.mark.parametrize("factor", ["application", "a key that cannot sign in"])
def test_what_was_set_up_as_a_second_step_is_asked_for(client, db, factor):
    nina = make_user("nina@patiente.example", PASSWORD)
    make_key(nina)
    if factor == "application":
        TOTP.activate(nina, generate_totp_secret())
    else:
        make_key(nina, signs_in_by_itself=False)
    assert sign_in_by_password(client, nina).startswith("/accounts/2fa/authenticate/")


def test_the_second_step_names_the_recovery_codes(client, db):
    nina = make_user("nina@patiente.example", PASSWORD)
    TOTP.activate(nina, generate_totp_secret())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    text = client.get(sign_in_by_password(client, nina)).content.decode()
    assert "Un de vos codes de secours le remplace" in text
    assert "mfa_webauthn_authenticate" not in text  # she has none


def test_the_picture_of_the_key_does_not_read_it_out(client, julie):
    page = signed_in(client, julie.user).get(reverse("mfa_activate_totp"), follow=True)
    text = page.content.decode()
    secret = page.context["form"].secret
    (picture,) = re.findall(r"<img[^>]*>", text)
    assert secret not in picture
    assert f'value="{secret}"' in text


MADE_UP = (
    '{"id": "x"}',
    "[]",
    '"x"',
    "7",
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"type":"public-key","id":"AA","rawId":"AA","response":{"clientDataJSON":"AA","attestationObject":"AA"}}',
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"e30","userHandle":"MQ",'
    '"authenticatorData":"oA","signature":"AA"}}',
    "[" * 5000,
)


@pytest.mark.parametrize("credential", MADE_UP)
def test_a_made_up_key_is_refused_in_words(client, julie, credential):
    client.get("/accounts/2fa/webauthn/login/", headers={"x-requested-with": "XMLHttpRequest"})
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (200, 302)
    signed_in(client, julie.user)
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(user=julie.user).exists()


@pytest.mark.parametrize("credential", MADE_UP)
def test_a_made_up_key_is_no_second_factor(client, db, credential):
    nina = make_user("nina@patiente.example", PASSWORD)
    TOTP.activate(nina, generate_totp_secret())
    page = sign_in_by_password(client, nina)
    client.get(page)
    answer = client.post("/accounts/2fa/authenticate/", {"credential": credential})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_made_up_key_does_not_sign_in_again(client, julie):
    signed_in(client, julie.user)
    make_key(julie.user)
    for credential in MADE_UP:
        answer = client.post("/accounts/2fa/webauthn/reauthenticate/", {"credential": credential})
        assert answer.status_code in (200, 302), credential
