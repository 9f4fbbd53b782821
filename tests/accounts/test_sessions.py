"""How long a session lasts: a patient's, the team's, and on a computer that is not hers."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maia.accounts import sessions
from maia.accounts.codes import make_link_token
from maia.accounts.sessions import Lasting, SessionStore
from maia.practices.models import Membership
from tests.conftest import NOW, THURSDAY, at, make_user, signed_in

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINE = "/mes-rendez-vous/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)

    def after(time):
        time_machine.move_to(timezone.now() + time, tick=False)

    return after


@pytest.fixture
def paul(practice):
    user = make_user("paul@tilleuls.example", "an-agenda-for-two")
    Membership.objects.create(practice=practice, user=user, role="assistant")
    return user


def made(kind):
    session = SessionStore()
    session["x"] = 1
    if kind:
        sessions.mark(session, kind, now=timezone.now())
    session.save()
    return session.session_key


def is_alive(key):
    return SessionStore(key).get("x") == 1


@pytest.mark.parametrize(
    ("kind", "idle"),
    [(None, 14 * DAY), (Lasting.TEAM, 12 * HOUR), (Lasting.BORROWED, HOUR)],
)
def test_unused_it_is_over(clock, kind, idle):
    key = made(kind)
    clock(idle - timedelta(seconds=1))
    assert is_alive(key)
    key = made(kind)
    clock(idle)
    assert not is_alive(key)


def test_used_it_goes_on_to_its_last_day(clock):
    key = made(Lasting.TEAM)
    for _ in range(28):
        clock(12 * HOUR - timedelta(seconds=1))
        assert is_alive(key)
    clock(timedelta(minutes=1))  # two weeks are over
    assert not is_alive(key)


def test_a_use_is_written_every_few_minutes(clock, django_assert_num_queries):
    key = made(Lasting.TEAM)
    clock(timedelta(minutes=4))
    with django_assert_num_queries(1):
        assert is_alive(key)
    clock(timedelta(minutes=2))
    with django_assert_num_queries(2):
        assert is_alive(key)
    with django_assert_num_queries(1):
        assert is_alive(key)
    patients = made(None)
    clock(DAY)
    with django_assert_num_queries(1):
        assert is_alive(patients)


def test_a_use_brings_nothing_back_that_has_ended(clock):
    key = made(Lasting.TEAM)
    clock(HOUR)
    late = SessionStore(key)
    read = late._get_session_from_db

    def ended_meanwhile():
        row = read()
        Session.objects.filter(pk=key).delete()
        return row

    late._get_session_from_db = ended_meanwhile
    late.load()
    assert not Session.objects.filter(pk=key).exists()


def test_the_operator_says_how_long(clock, settings):
    settings.TEAM_IDLE_HOURS = 2
    key = made(Lasting.TEAM)
    clock(2 * HOUR)
    assert not is_alive(key)


def test_a_member_signs_in_again_the_next_morning(clock, client, paul, julie):
    signed_in(client, paul)
    patient = signed_in(Client(), julie.user)
    for _ in range(3):
        clock(11 * HOUR)
        assert client.get("/pro/").status_code == 200
    clock(12 * HOUR)
    for path in ("/pro/", MINE):
        assert client.get(path)["Location"].startswith("/accounts/login/")
    clock(10 * DAY)
    assert patient.get(MINE).status_code == 200


def test_who_joins_a_team_meanwhile_and_who_runs_maia(clock, client, practice, julie):
    signed_in(client, julie.user)
    Membership.objects.create(practice=practice, user=julie.user, role="assistant")
    assert client.get("/pro/").status_code == 200
    operator = make_user("op@x.example")
    operator.is_staff = True
    operator.save()
    other = signed_in(Client(), operator)
    assert other.get(MINE).status_code == 200
    clock(13 * HOUR)
    assert client.get(MINE).status_code == other.get(MINE).status_code == 302


# --- It is not her computer -------------------------------------------------------------------


def assert_borrowed(clock, client, name="sessionid", path=MINE):
    cookie = client.cookies[name]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")  # goes with the browser
    assert client.get(path).status_code == 200
    clock(59 * timedelta(minutes=1))
    assert client.get(path).status_code == 200
    clock(HOUR)
    assert client.get(path).status_code == 302


def code():
    return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]


@pytest.mark.parametrize("who", ["member", "patient"])
def test_with_a_password(clock, client, paul, who):
    if who == "patient":
        Membership.objects.all().delete()
    typed = {"login": paul.email, "password": "an-agenda-for-two", "borrowed": "on"}
    assert client.post("/accounts/login/", typed).status_code == 302
    assert_borrowed(clock, client)


def test_with_a_password_on_her_own(clock, client, paul):
    Membership.objects.all().delete()
    client.post("/accounts/login/", {"login": paul.email, "password": "an-agenda-for-two"})
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600
    clock(13 * DAY)
    assert client.get(MINE).status_code == 200


def test_with_a_code(clock, client, julie):
    client.post("/accounts/login/code/", {"email": julie.user.email, "borrowed": "on"})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert_borrowed(clock, client)


def test_what_was_ticked_first_and_then_not(client, anne, follow_up, julie):
    args = ["tilleuls", follow_up.pk, anne.pk, at(THURSDAY, "09:30")]
    client.post(reverse("sign_in", args=args), {"email": julie.user.email, "borrowed": "on"})
    client.post(reverse("sign_in", args=args), {"email": julie.user.email})
    client.post(reverse("code", args=args), {"code": code()})
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_with_a_link(clock, client, julie):
    path = reverse("account_sign_in_link", args=[make_link_token(julie.user.email)])
    assert 'name="borrowed"' in client.get(path).content.decode()
    assert client.post(path, {"borrowed": "on"}).status_code == 302
    assert_borrowed(clock, client)


def test_with_a_passkey(client, julie, monkeypatch):
    """Of a passkey, only what the key itself says is made up."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.webauthn.internal import auth

    key = Authenticator.objects.create(
        user=julie.user, type="webauthn", data={"name": "x", "credential": {}}
    )
    monkeypatch.setattr(auth, "parse_authentication_response", lambda said: said)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda said: julie.user)
    monkeypatch.setattr(auth, "complete_authentication", lambda user, said: key)
    typed = {"credential": '{"id": "x"}', "borrowed": "on"}
    answer = client.post("/accounts/2fa/webauthn/login/", typed)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(julie.user.pk)
    assert sessions.is_borrowed(client.session)
    assert client.cookies["sessionid"]["max-age"] == ""


def test_in_a_frame(clock, client, practice, anne, follow_up, julie):
    args = ["tilleuls", follow_up.pk, anne.pk, at(THURSDAY, "09:30")]
    frame = "/tilleuls/embed/fr-own-all"
    page = client.get(frame + reverse("confirm", args=args), follow=True)
    page = client.get(frame + reverse("confirm", args=args))
    assert 'name="borrowed"' in page.content.decode()
    typed = {"email": julie.user.email, "borrowed": "on"}
    client.post(frame + reverse("sign_in", args=args), typed)
    client.post(frame + reverse("code", args=args), {"code": code()})
    assert_borrowed(clock, client, "frame_sessionid", frame + MINE)


def test_asked_again_it_stays_so(clock, client, julie):
    client.post("/accounts/login/code/", {"email": julie.user.email, "borrowed": "on"})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    client.post("/mon-compte/encore/")
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert_borrowed(clock, client)


def test_the_language_that_she_chose_goes_too(client, julie):
    client.post("/accounts/login/code/", {"email": julie.user.email, "borrowed": "on"})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    answer = client.post("/mon-compte/", {"language": "en"})
    assert answer.cookies["django_language"]["max-age"] == ""


def test_nothing_of_it_is_kept(clock, client, julie):
    from maia.privacy.housekeeping import keep_house

    client.post("/accounts/login/code/", {"email": julie.user.email, "borrowed": "on"})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert Session.objects.exists()
    clock(2 * HOUR)
    keep_house(timezone.now())
    assert not Session.objects.exists()
