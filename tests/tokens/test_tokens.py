"""Tokens: stored hashed, shown once, dead when revoked."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from maia.practices.models import Membership
from maia.tokens.issuing import find_token, make_token, revoke, seat_of
from maia.tokens.models import Token
from tests.conftest import NOW


def test_the_secret_is_not_stored(julie):
    token, secret = make_token(julie.user, "x", now=NOW)
    stored = " ".join(map(str, Token.objects.values().get().values()))
    assert secret not in stored
    assert secret.startswith(token.start)
    assert find_token(secret, NOW) == token
    assert find_token(secret + "x", NOW) is None


def test_a_revoked_one_is_dead_and_so_is_a_closed_account(julie):
    token, secret = make_token(julie.user, "x", now=NOW)
    julie.user.is_active = False
    julie.user.save()
    assert find_token(secret, NOW) is None
    julie.user.is_active = True
    julie.user.save()
    revoke(token, NOW)
    assert find_token(secret, NOW) is None


def test_its_last_use_is_written_at_most_once_a_minute(julie, django_assert_num_queries):
    token, secret = make_token(julie.user, "x", now=NOW)
    find_token(secret, NOW)
    token.refresh_from_db()
    assert token.used_at == NOW
    with django_assert_num_queries(1):
        find_token(secret, NOW + timedelta(seconds=59))


def test_a_role_follows_who_she_is_now(practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    token, _secret = make_token(anne.user, "x", now=NOW, practice=practice)
    assert seat_of(token).role == "owner"
    Membership.objects.filter(user=anne.user).update(role="practitioner")
    assert seat_of(token).role == "practitioner"
    Membership.objects.all().delete()
    assert seat_of(token) is None


def test_the_command(practice, anne, julie, capsys):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    call_command("token", "Anne@tilleuls.example")
    assert seat_of(find_token(capsys.readouterr().out.strip(), NOW)).role == "owner"
    call_command("token", julie.user.email)
    assert find_token(capsys.readouterr().out.strip(), NOW).practice is None
    call_command("token", anne.user.email, "--role", "assistant")
    assert seat_of(find_token(capsys.readouterr().out.strip(), NOW)).role == "assistant"
    for wrong in (["nobody@x.example"], [julie.user.email, "--practice", "tilleuls"]):
        with pytest.raises(CommandError):
            call_command("token", *wrong)
