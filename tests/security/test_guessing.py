"""Guessing codes, by whatever door and however many at once: counted by address (rule 3.5)."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from maia.accounts.allowances import give_back, is_used_up, take
from maia.accounts.codes import TRIES_A_CODE, TRIES_A_DAY, may_guess, wants_a_link
from maia.accounts.models import Allowance
from maia.privacy.housekeeping import keep_house
from tests.conftest import NOW, make_user
from tests.security.conftest import BACKEND, code_in, signed_in
from tests.security.test_signing_in import JULIE, ask_code, type_code

MINUTE = timedelta(minutes=1)


def wrong(code, n):
    return f"{(int(code) + n + 1) % 1_000_000:06d}"


def test_so_many_in_so_long(db):
    taken = [take("x", 3, MINUTE, now=NOW) for _ in range(5)]
    assert taken == [True] * 3 + [False] * 2
    assert is_used_up("x", 3, MINUTE, now=NOW)
    assert take("y", 3, MINUTE, now=NOW)
    give_back("x")
    assert take("x", 3, MINUTE, now=NOW)
    assert not take("x", 3, MINUTE, now=NOW + MINUTE - timedelta(seconds=1))
    assert take("x", 3, MINUTE, now=NOW + MINUTE)
    assert not is_used_up("x", 3, MINUTE, now=NOW + MINUTE)


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_are_no_more_than_one_after_the_other():
    taken = []

    def one():
        taken.append(take("x", 5, MINUTE, now=NOW))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 5


def test_no_address_stands_in_the_table(db):
    may_guess(JULIE, "123456", now=NOW)
    assert JULIE not in str(list(Allowance.objects.values()))


def test_what_is_over_is_forgotten(db):
    take("x", 3, MINUTE, now=NOW)
    keep_house(NOW)
    assert Allowance.objects.exists()
    keep_house(NOW + 2 * MINUTE)
    assert not Allowance.objects.exists()


@pytest.mark.rule("3.5.4")
def test_twenty_wrong_codes_a_day_then_a_link(mailoutbox, settings):
    """Other browsers, other addresses, new codes: it is her account that counts them."""
    settings.ACCOUNT_RATE_LIMITS = False
    make_user(JULIE)
    for n in range(TRIES_A_DAY):
        eve = Client(REMOTE_ADDR=f"192.0.2.{n}")
        if n % TRIES_A_CODE == 0:
            ask_code(eve)
            code = code_in(mailoutbox[-1])
            kept = eve.cookies
        eve.cookies = kept
        type_code(eve, wrong(code, n))
    julie = Client()
    ask_code(julie)
    assert not re.search(r"\b\d{6}\b", mailoutbox[-1].body)
    link = re.search(r"http://\S+(/accounts/link/\S+)", mailoutbox[-1].body)[1]
    # The scanner of her mail opens it: nothing happens. Then she does.
    assert Client().get(link).status_code == 200
    julie.post(link)
    assert signed_in(julie)
    eve = Client()
    assert eve.post(link).status_code == 410
    assert not signed_in(eve)


def test_a_right_code_is_refused_once_the_day_is_used_up(client, mailoutbox):
    make_user(JULIE)
    ask_code(client)
    now = timezone.now()
    for n in range(TRIES_A_DAY):
        may_guess(JULIE, f"other {n}", now=now)
    answer = type_code(client, code_in(mailoutbox[0]))
    assert "Demandez un autre e-mail" in answer.content.decode()
    assert not signed_in(client)


def test_right_codes_are_no_tries(mailoutbox, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    make_user(JULIE)
    for _ in range(8):
        client = Client()
        ask_code(client)
        type_code(client, code_in(mailoutbox[-1]))
        assert signed_in(client)
    assert not wants_a_link(JULIE, now=timezone.now())


def test_codes_are_sent_ten_times_an_hour_and_twenty_a_day(mailoutbox, settings, time_machine):
    settings.ACCOUNT_RATE_LIMITS = False
    make_user(JULIE)
    time_machine.move_to(NOW, tick=False)
    for sent in (10, 20, 20):
        for _ in range(12):
            ask_code(Client())
        assert len(mailoutbox) == sent
        time_machine.shift(timedelta(minutes=61))


def test_a_link_dies_after_a_quarter_of_an_hour(client, db, time_machine):
    from maia.accounts.codes import make_link_token

    make_user(JULIE)
    time_machine.move_to(NOW, tick=False)
    token = make_link_token(JULIE)
    time_machine.shift(timedelta(minutes=16))
    assert client.post(f"/accounts/link/{token}/").status_code == 410
    assert client.get("/accounts/link/x/").status_code == 410
    assert not signed_in(client)


def test_a_strange_address_is_not_guessed_into_an_account(client, mailoutbox):
    """The code of a changed address is guessed at as little: behind it may be somebody's record."""
    eve = make_user("eve@x.example")
    client.force_login(eve, BACKEND)
    now = timezone.now()
    for n in range(TRIES_A_DAY):
        may_guess(JULIE, f"other {n}", now=now)
    session = client.session
    session["account_email_verification_code"] = {
        "at": now.timestamp(), "failed_attempts": 0, "resend_count": 0, "change_count": 0,
        "email": JULIE, "user_id": str(eve.pk), "code": "123456",
    }  # fmt: skip
    session.save()
    client.post("/accounts/confirm-email/", {"code": "123456"})
    assert not eve.has_verified(JULIE)
