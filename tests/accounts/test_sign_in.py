"""Signing in: by code or password, without saying who has an account (rule 3.5)."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction

from maia.accounts.models import User
from maia.practices.models import Practice
from tests.conftest import make_user

PASSWORD = "une-phrase-de-passe"


@pytest.fixture(autouse=True)
def french(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    cache.clear()  # the rate limits live there


def signed_in(client):
    return "_auth_user_id" in client.session


def test_an_address_is_one_account_whatever_its_case():
    make_user("Nina@Patiente.example")
    assert User.objects.get().email == "nina@patiente.example"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="NINA@patiente.example")])


def test_by_password(client):
    make_user("nina@patiente.example", PASSWORD)
    client.post("/accounts/login/", {"login": "NINA@patiente.example", "password": PASSWORD})
    assert signed_in(client)


def test_by_code(client, mailoutbox):
    make_user("nina@patiente.example")
    client.post("/accounts/login/code/", {"email": "nina@patiente.example"})
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer["Location"] == "/accounts/arrived/"
    assert signed_in(client)


def test_a_password_of_an_unverified_address_does_not_open(client):
    make_user("nina@patiente.example", PASSWORD, verified=False)
    client.post("/accounts/login/", {"login": "nina@patiente.example", "password": PASSWORD})
    assert not signed_in(client)


def test_nobody_registers_outside_a_practice(client):
    answer = client.post(
        "/accounts/signup/", {"email": "x@patiente.example", "password1": PASSWORD}
    )
    assert not User.objects.exists()
    assert answer.status_code in (200, 302)


@pytest.mark.rule("3.5.3")
@pytest.mark.parametrize(
    ("path", "field"), [("/accounts/login/code/", "email"), ("/accounts/password/reset/", "email")]
)
def test_the_answer_is_the_same_with_and_without_an_account(client, mailoutbox, path, field):
    make_user("connue@patiente.example", PASSWORD)
    answers = []
    for email in ("connue@patiente.example", "inconnue@patiente.example"):
        client.cookies.clear()
        answer = client.post(path, {field: email})
        page = client.get(answer["Location"]).content.decode().replace(email, "X")
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        answers.append((answer.status_code, re.sub(r"[?&=][\w.-]{20,}", "", page)))
    assert answers[0] == answers[1]
    assert len(mailoutbox) == 2


def test_a_wrong_password_says_the_same_as_an_unknown_address(client):
    make_user("connue@patiente.example", PASSWORD)
    pages = []
    for email in ("connue@patiente.example", "inconnue@patiente.example"):
        page = client.post("/accounts/login/", {"login": email, "password": "faux"})
        text = page.content.decode().replace(email, "X")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text))
    assert pages[0] == pages[1]


def test_guessing_a_password_is_slowed_down(client):
    make_user("nina@patiente.example", PASSWORD)
    for _ in range(12):
        client.post("/accounts/login/", {"login": "nina@patiente.example", "password": "faux"})
    client.post("/accounts/login/", {"login": "nina@patiente.example", "password": PASSWORD})
    assert not signed_in(client)


def test_asking_for_codes_is_slowed_down(client, mailoutbox):
    make_user("nina@patiente.example")
    for _ in range(30):
        client.cookies.clear()
        client.post("/accounts/login/code/", {"email": "nina@patiente.example"})
    assert len(mailoutbox) < 25


def test_passkeys_and_a_second_factor_are_there(client):
    client.force_login(
        make_user("nina@patiente.example", PASSWORD),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    page = client.get("/accounts/2fa/").content.decode()
    assert "/accounts/2fa/totp/activate/" in page
    assert "/accounts/2fa/webauthn/" in page


def test_a_redirect_stays_on_the_site(client):
    make_user("nina@patiente.example", PASSWORD)
    answer = client.post(
        "/accounts/login/?next=https://evil.example/",
        {
            "login": "nina@patiente.example",
            "password": PASSWORD,
            "next": "https://evil.example/",
        },
    )
    assert "evil" not in answer["Location"]


def test_the_operators_admin_uses_the_same_door(client):
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/")


def test_sign_in_begins_with_the_address_and_is_in_the_colours_of_where_it_leads(client, practice):
    assert client.get("/mes-rendez-vous/")["Location"].startswith("/accounts/login/code/?next=")
    going = f"/{practice.slug}/book/1/"
    Practice.objects.filter(pk=practice.pk).update(accent_colour="#7a4f9a")
    theme = "/theme/2/7a4f9a.css"
    for page in ("/accounts/login/code/", "/accounts/login/"):
        shown = client.get(page, {"next": going}).content.decode()
        assert theme in shown
        assert practice.name in shown[: shown.index("</header>")]
        for elsewhere in (
            "https://other.example/",
            f"//{practice.slug}/",
            "/nowhere/at/all/",
            "/" * 400,
        ):
            assert practice.name not in client.get(page, {"next": elsewhere}).content.decode()


def by_password(client, language):
    user = make_user("nina@patiente.example", PASSWORD)
    User.objects.filter(pk=user.pk).update(language=language)
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert signed_in(client)


@pytest.mark.parametrize(("hers", "browser"), [("en", "fr"), ("fr", "en")])
def test_the_language_of_the_account_follows_her_into_another_browser(client, hers, browser):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = browser
    assert f'lang="{browser}"' in client.get("/accounts/login/").content.decode()
    by_password(client, hers)
    assert f'lang="{hers}"' in client.get("/mon-compte/", follow=True).content.decode()


def test_an_account_without_a_language_changes_nothing_of_the_browser(client):
    by_password(client, "")
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies
