"""Codes, sessions, redirects, forged names: who gets in, and who learns what."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maia.accounts.models import User
from maia.invitations.inviting import invite_patient
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user
from tests.security.conftest import BACKEND, PASSWORD, code_in, signed_in

JULIE = "julie@patiente.example"


def ask_code(client, email=JULIE):
    return client.post("/accounts/login/code/", {"email": email})


def type_code(client, code):
    return client.post("/accounts/login/code/confirm/", {"code": code})


# --- Codes ------------------------------------------------------------------------------------


def test_a_code_opens_once(client, mailoutbox):
    make_user(JULIE)
    ask_code(client)
    code = code_in(mailoutbox[0])
    type_code(client, code)
    assert signed_in(client)
    client.logout()
    type_code(client, code)
    assert not signed_in(client)


def test_a_code_opens_only_where_it_was_asked_for(client, mailoutbox):
    make_user(JULIE)
    ask_code(client)
    eve = Client()
    ask_code(eve, "eve@x.example")
    type_code(eve, code_in(mailoutbox[0]))
    assert not signed_in(eve)


@pytest.mark.parametrize(("minutes", "opens"), [(14, True), (16, False)])
def test_a_code_lives_fifteen_minutes(client, mailoutbox, time_machine, minutes, opens):
    make_user(JULIE)
    time_machine.move_to(NOW, tick=False)
    ask_code(client)
    time_machine.move_to(NOW + timedelta(minutes=minutes), tick=False)
    type_code(client, code_in(mailoutbox[0]))
    assert signed_in(client) is opens


def test_five_wrong_guesses_and_the_right_one_is_void(client, mailoutbox):
    make_user(JULIE)
    ask_code(client)
    code = code_in(mailoutbox[0])
    for guess in range(5):
        type_code(client, f"{(int(code) + guess + 1) % 1_000_000:06d}")
    type_code(client, code)
    assert not signed_in(client)


def test_new_codes_do_not_give_endless_guesses(mailoutbox):
    """Three codes a minute an address, five guesses a code: years for one in a million."""
    make_user(JULIE)
    for _ in range(10):
        ask_code(Client(REMOTE_ADDR="192.0.2.1"))
    assert len(mailoutbox) == 3


def test_who_asked_first_with_her_address_gets_nothing(client, practice, anne, follow_up, on_tuesday, mailoutbox):  # fmt: skip
    """Eve opens an account with Julie's address and never reads the code; Julie comes later."""
    practice.self_registration = "open"
    practice.save()
    record = make_patient(practice, "Julie", email=JULIE)
    choice = [practice.slug, follow_up.pk, anne.pk, at(THURSDAY, "09:30")]
    eve = Client()
    eve.post(reverse("sign_in", args=choice), {"email": JULIE})
    assert not User.objects.get(email=JULIE).has_verified(JULIE)
    link = f"/invitation/{invite_patient(record, by=anne.user, now=NOW).token}/"
    eve.post(link)
    record.refresh_from_db()
    assert record.user is None
    confirm = client.post(link)["Location"]
    client.post(confirm, {"code": code_in(mailoutbox[-1]), "next": link})
    client.get(link)
    record.refresh_from_db()
    assert record.user.email == JULIE
    assert signed_in(client)
    assert not signed_in(eve)
    assert eve.get("/mes-rendez-vous/").status_code == 302


# --- Sessions ---------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_not_the_one_she_signs_in_with(client, mailoutbox):
    make_user(JULIE)
    ask_code(client)
    planted = client.session.session_key
    type_code(client, code_in(mailoutbox[0]))
    assert client.session.session_key != planted
    eve = Client()
    eve.cookies["sessionid"] = planted
    assert eve.get("/mes-rendez-vous/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client):
    julie = make_user(JULIE, PASSWORD)
    thief = Client()
    for browser in (client, thief):
        browser.post("/accounts/login/", {"login": JULIE, "password": PASSWORD})
        assert signed_in(browser)
    typed = {"oldpassword": PASSWORD, "password1": "une-autre-phrase", "password2": "une-autre-phrase"}  # fmt: skip
    assert client.post("/accounts/password/change/", typed).status_code == 302
    julie.refresh_from_db()
    assert julie.check_password("une-autre-phrase")
    assert client.get("/mes-rendez-vous/").status_code == 200
    assert thief.get("/mes-rendez-vous/").status_code == 302


def test_cookies_are_flagged(client, mailoutbox):
    make_user(JULIE)
    client.get("/accounts/login/")
    ask_code(client)
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name


# --- Redirects --------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
]


@pytest.mark.parametrize("next_url", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client, next_url, mailoutbox):
    make_user(JULIE)
    client.post("/accounts/login/code/", {"email": JULIE, "next": next_url})
    code = {"code": code_in(mailoutbox[0]), "next": next_url}
    assert client.post("/accounts/login/code/confirm/", code)["Location"] == "/accounts/arrived/"


@pytest.mark.parametrize("next_url", ELSEWHERE)
def test_nor_does_signing_out_or_changing_the_language(client, next_url):
    client.force_login(make_user(JULIE), BACKEND)
    assert client.post("/i18n/setlang/", {"language": "en", "next": next_url})["Location"] == "/"
    assert client.post("/accounts/logout/", {"next": next_url})["Location"] == "/"


# --- Forged names -----------------------------------------------------------------------------


def test_a_forged_host_is_refused(client, mailoutbox):
    make_user(JULIE, PASSWORD)
    for forged in ({"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "testserver@evil.example"}):
        assert client.post("/accounts/password/reset/", {"email": JULIE}, **forged).status_code == 400  # fmt: skip
    assert mailoutbox == []


def test_the_link_of_a_reset_is_ours_whatever_name_was_asked(client, mailoutbox, settings):
    make_user(JULIE, PASSWORD)
    settings.ALLOWED_HOSTS = ["*"]
    headers = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
    client.post("/accounts/password/reset/", {"email": JULIE}, **headers)
    body = mailoutbox[0].body
    assert "evil" not in body
    link = re.search(r"https?://\S+", body).group()
    assert link.startswith("http://127.0.0.1:8000/accounts/password/reset/key/")
    settings.ALLOWED_HOSTS = ["testserver"]
    form = client.get(link.removeprefix("http://127.0.0.1:8000"), follow=True)
    typed = {"password1": "une-autre-phrase", "password2": "une-autre-phrase"}
    client.post(form.redirect_chain[-1][0], typed)
    assert User.objects.get().check_password("une-autre-phrase")


def test_limits_follow_the_patient_behind_a_proxy(mailoutbox, settings):
    """The proxy's word counts, hers does not."""
    settings.TRUSTED_PROXIES = 1
    settings.WRITES_A_MINUTE = 3
    url = "/invitation/none/"

    def statuses(forwarded):
        headers = {"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": "127.0.0.1"}
        return [Client().post(url, **headers).status_code for _ in range(4)]

    assert statuses("192.0.2.7") == [404, 404, 404, 429]
    assert statuses("192.0.2.8") == [404, 404, 404, 429]
    # Forged on the left, the same person on the right.
    assert statuses("203.0.113.9, 192.0.2.8") == [429] * 4
    assert statuses("2001:db8:1:2::1")[-1] == 429
    assert statuses("2001:db8:1:2::ffff") == [429] * 4  # one subscriber has a whole /64
    settings.TRUSTED_PROXIES = 0
    assert statuses("198.51.100.1") == [404, 404, 404, 429]
    assert statuses("198.51.100.2") == [429] * 4


def test_a_program_that_asks_too_often_locks_nobody_out_of_signing_in(client, db, settings):
    """One address, two doors: each has its own count."""
    settings.WRITES_A_MINUTE = settings.READS_A_MINUTE = 2
    here = {"REMOTE_ADDR": "198.51.100.77"}
    asked = [
        client.post("/api/v1/practices/tilleuls/appointments", **here).status_code for _ in range(4)
    ]
    assert asked[-1] == 429
    assert asked[0] != 429
    assert client.post("/accounts/login/", {"login": "x"}, **here).status_code == 200
    read = [client.get("/api/v1/practices/tilleuls", **here).status_code for _ in range(4)]
    assert read[-1] == 429
    assert client.get("/invitation/none/", **here).status_code == 404


# --- Who has an account -----------------------------------------------------------------------


@pytest.mark.rule("3.5.3")
def test_the_booking_page_does_not_tell_who_has_an_account(
    practice, anne, follow_up, on_tuesday, mailoutbox
):
    make_user(JULIE)
    choice = [practice.slug, follow_up.pk, anne.pk, at(THURSDAY, "09:30")]
    for policy in ("open", "known", "closed"):
        practice.self_registration = policy
        practice.save()
        answers = []
        for email in (JULIE, f"inconnue-{policy}@patiente.example"):
            client = Client(headers={"accept-language": "fr"}, REMOTE_ADDR="192.0.2.3")
            asked = client.post(reverse("sign_in", args=choice), {"email": email})
            page = client.get(asked["Location"]).content.decode().replace(email, "X")
            page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
            wrong = client.post(asked["Location"], {"code": "000000"})
            answers.append((asked.status_code, page, wrong.status_code))
        assert answers[0] == answers[1], policy
    assert len(mailoutbox) == 6


@pytest.mark.alone
def test_an_unknown_address_takes_as_long_as_a_known_one(client, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    make_user(JULIE, PASSWORD)

    def median(post):
        times = []
        for _ in range(7):
            started = time.process_time()
            post()
            times.append(time.process_time() - started)
        return statistics.median(times)

    for path, typed in (
        ("/accounts/login/", lambda email: {"login": email, "password": "faux"}),
        ("/accounts/login/code/", lambda email: {"email": email}),
        ("/accounts/password/reset/", lambda email: {"email": email}),
    ):
        known = median(lambda p=path, t=typed: Client().post(p, t(JULIE)))
        unknown = median(lambda p=path, t=typed: Client().post(p, t("x@patiente.example")))
        print(f"{path}: known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")
        assert abs(known - unknown) < max(0.015, 0.5 * max(known, unknown)), path
