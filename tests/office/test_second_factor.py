"""A second factor for the whole team."""

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret


def ask(client, value="yes"):
    return client.post("/pro/settings/team/second-factor/", {"require": value}, follow=True)


def test_who_asks_for_it_has_hers_first(owner, practice):
    assert "Mettez d’abord en place" in ask(owner).content.decode()
    practice.refresh_from_db()
    assert not practice.require_second_factor


def test_who_has_none_is_led_to_one_and_sees_nothing(sign_in, team, practice):
    TOTP.activate(team["owner"], generate_totp_secret())
    owner = sign_in(team["owner"])
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
    assert assistant.get("/pro/").status_code == 200


def test_it_is_asked_for_at_the_door(client, team, mailoutbox):
    """A code by email alone does not open the account of who has a second factor."""
    import re

    TOTP.activate(team["assistant"], generate_totp_secret())
    client.post("/accounts/login/code/", {"email": team["assistant"].email})
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    answer = client.post("/accounts/login/code/confirm/", {"code": code})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/pro/").status_code == 302
