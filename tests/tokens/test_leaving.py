"""Who leaves a team takes nothing along, and finds nothing again; tokens end."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from maia.calendars.models import Feed
from maia.practices.models import Membership
from maia.practices.team import add_member, remove_member
from maia.tokens.issuing import TokenEnded, find_token, make_token
from tests.conftest import NOW, signed_in
from tests.office.conftest import frozen, ines, owner, sign_in, team  # noqa: F401

YEAR = timedelta(days=365)


def ask(secret):
    return Client().get("/api/v1/office/patients", headers={"authorization": f"Bearer {secret}"})


def read(feed):
    return Client().get(reverse("feed", args=[feed.uid, feed.secret])).status_code


@pytest.mark.parametrize("how", ["team", "orm"])
def test_who_leaves_and_comes_back_finds_nothing_again(how, team, practice, anne, ines):  # noqa: F811
    user = team["practitioner"]
    _token, secret = make_token(user, "x", now=NOW, practice=practice)
    feed = anne.feeds.create(user=user)
    assert (ask(secret).status_code, read(feed)) == (200, 200)
    seat = practice.team.get(user=user)
    remove_member(seat) if how == "team" else Membership.objects.filter(pk=seat.pk).delete()
    assert (ask(secret).status_code, read(feed)) == (401, 404)
    add_member(practice, user, "owner")
    assert (ask(secret).status_code, read(feed)) == (401, 404)
    assert not user.tokens.exists()


def test_a_token_ends_after_a_year_unless_she_says_otherwise(julie, practice):
    token, secret = make_token(julie.user, "x", now=NOW)
    assert token.expires_at == NOW + YEAR
    assert find_token(secret, NOW + YEAR - timedelta(seconds=1)) == token
    with pytest.raises(TokenEnded):
        find_token(secret, NOW + YEAR)
    _token, secret = make_token(julie.user, "x", now=NOW, lasts=None)
    assert find_token(secret, NOW + 99 * YEAR) is not None


def test_the_api_says_until_when_and_that_it_ended(julie, time_machine):
    _token, secret = make_token(julie.user, "Compta", now=NOW, lasts=timedelta(days=30))
    headers = {"authorization": f"Bearer {secret}"}
    said = Client().get("/api/v1/token", headers=headers).json()
    assert said == {
        "name": "Compta", "practice": None, "role": "",
        "expires_at": (NOW + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    time_machine.move_to(NOW + timedelta(days=30), tick=False)
    answer = Client().get("/api/v1/me/appointments", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")


def test_the_form_and_the_command_choose(owner, practice, team, capsys):  # noqa: F811
    for lasts, days in (("30", 30), ("", 365), ("0", None)):
        owner.post("/pro/settings/tokens/", {"name": "Compta", "role": "owner", "lasts": lasts})
        token = practice.tokens.first()
        assert token.expires_at == (NOW + timedelta(days=days) if days else None)
    call_command("token", team["owner"].email, "--days", "7")
    captured = capsys.readouterr()
    assert "2026-12-08" in captured.err
    assert find_token(captured.out.strip(), NOW).expires_at == NOW + timedelta(days=7)


def test_the_owner_sees_and_revokes_what_opens_the_practice(owner, practice, team, anne, ines):  # noqa: F811
    token, secret = make_token(team["practitioner"], "Logiciel Z", now=NOW, practice=practice)
    feed = anne.feeds.create(user=team["practitioner"])
    practice.webhooks.create(url="https://compta.example/maia")
    page = owner.get("/pro/settings/doors/").content.decode()
    for words in ("Logiciel Z", "ines@tilleuls.example", "compta.example", "jamais"):
        assert words in page
    for path in (
        reverse("office:revoke_token", args=[token.pk]),
        reverse("office:revoke_feed", args=[feed.pk]),
    ):
        assert owner.post(path, {"doors": "1"}).status_code == 200
        assert owner.post(path, {"doors": "1", "yes": "1"})["Location"] == "/pro/settings/doors/"
    assert ask(secret).status_code == 401
    assert not Feed.objects.exists()


def test_a_secret_is_renewed(owner, practice):  # noqa: F811
    webhook = practice.webhooks.create(url="https://compta.example/maia")
    old, path = webhook.secret, reverse("office:renew_secret", args=[webhook.pk])
    owner.post(path)
    assert practice.webhooks.get().secret == old
    owner.post(path, {"yes": "1"})
    assert practice.webhooks.get().secret != old


def test_the_owner_signs_a_member_out(owner, practice, team):  # noqa: F811
    other = signed_in(Client(), team["assistant"])
    assert other.get("/pro/").status_code == 200
    seat = practice.team.get(user=team["assistant"])
    path = reverse("office:sign_out", args=[seat.pk])
    asked = owner.post(path).content.decode()
    assert f"Déconnecter {team['assistant']} partout ?" in asked.replace("\xa0", " ")
    assert other.get("/pro/").status_code == 200
    owner.post(path, {"yes": "1"})
    assert other.get("/pro/").status_code == 302
