"""What was asked with a session or a token is kept by nobody on the way."""

from django.test import Client

from maia.tokens.issuing import make_token
from tests.conftest import NOW, signed_in


def test_api_answers_and_account_pages_are_not_kept(client, julie, practice, time_machine):
    time_machine.move_to(NOW, tick=False)
    _token, secret = make_token(julie.user, "x", now=NOW)
    headers = {"authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/me/appointments", headers=headers)["Cache-Control"] == (
        "private, no-store"
    )
    hers = signed_in(client, julie.user)
    for path in ("/accounts/email/", "/accounts/sessions/", "/accounts/2fa/", "/mon-compte/"):
        assert "no-store" in hers.get(path, follow=True)["Cache-Control"], path


def test_what_says_otherwise_and_what_is_public_stay(client, practice):
    assert "no-store" not in Client().get("/tilleuls/").get("Cache-Control", "")
    assert "max-age=3600" in Client().get("/tilleuls/embed.js")["Cache-Control"]
