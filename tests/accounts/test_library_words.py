"""allauth's pages and emails, in our words: walked from its own source, and as they are served."""

import ast
import re
from pathlib import Path

import allauth
import pytest
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation.template import templatize

from tests.conftest import make_user, signed_in

LIBRARY = Path(allauth.__file__).parent
TEMPLATES, OURS = LIBRARY / "templates", Path("maia/templates")
CATALOGUE = Path("maia/locale/fr/LC_MESSAGES/django.po")
# What our settings never serve: signing up, telephones, links in the place of codes, lists of
# addresses, codes for a password, browsers that are trusted; what only the admin shows.
NOT_SERVED = re.compile(
    r"phone|signup|account/email\.html|email_confirm\.html|verified_email_required"
    r"|verification_sent\.html|password_reset_code|trust|account_already_exists|/admin\.py"
    r"|/models\.py|/apps\.py|(account|mfa|usersessions)/tests/"
)
NOT_SAID = re.compile(r"[Uu]sername|[Pp]hone|Remember Me|\(optional\)|Email \(again\)|same email|Email or|confirmation$")  # fmt: skip
ODD = re.compile(
    r"'|[Dd]eux facteurs|[Cc]lés? de sécurité|[Cc]lé secrète|(?<![eE]-)\bmails?\b|courriel|\bemail"
    r"|[Jj]eton|[Rr]éauthentifi|utilisateur|\bentrer\b|[^\u00a0\u202f\d][:;?!»](\s|$)|[Rr]écupération"
)


def msgids():
    for room in ("account", "mfa", "usersessions"):
        for file in sorted((TEMPLATES / room).rglob("*.*")):
            name = str(file.relative_to(TEMPLATES))
            if NOT_SERVED.search(name) or (OURS / name).exists():
                continue
            calls = re.finditer(
                r"gettext\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")",
                templatize(file.read_text()),
            )
            yield from ((ast.literal_eval(call.group(1)), name) for call in calls)
        for file in sorted((LIBRARY / room).rglob("*.py")):
            name = str(file.relative_to(LIBRARY))
            if NOT_SERVED.search(name):
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if called and node.func.id in ("_", "gettext", "gettext_lazy"):
                    yield ast.literal_eval(node.args[0]), name


def test_all_that_it_says_is_said_by_us():
    ours = CATALOGUE.read_text()
    missing, odd = {}, {}
    with translation.override("fr"):
        for msgid, where in msgids():
            if NOT_SAID.search(msgid):
                continue
            if f'msgid "{msgid}"' not in ours.replace('\\"', '"'):
                missing[msgid] = where
            elif ODD.search(re.sub(r"<[^>]*>|%\(\w+\)s", "", gettext(msgid))):
                odd[msgid] = gettext(msgid)
    assert (missing, odd) == ({}, {})


PAGES = (
    "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/",
    "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/reset/",
    "/accounts/password/reset/done/", "/accounts/inactive/", "/mon-compte/",
)  # fmt: skip


@pytest.mark.once
def test_its_pages_in_french(client, db):
    cache.clear()
    user = make_user("nina@x.example", "une-phrase-de-passe", verified=True)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    signed_in(client, user)
    odd = {}
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code in (200, 405), (path, answer.status_code)
        main = answer.content.decode().split("<main", 1)[-1].split("</main")[0]
        text = re.sub(r"<(script|style|textarea).*?</\1>|<[^>]*>", " ", main, flags=re.S)
        found = ODD.search(text.replace("&#x27;", "'"))
        if found:
            odd[path] = text[max(0, found.start() - 30) : found.end() + 20]
    assert odd == {}
