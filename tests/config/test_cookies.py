"""Over https cookies are this host's alone, by their name; a frame's are its own."""

import pytest
from django.test import Client

from maia.config.notes import _InACookie
from tests.config.test_checks import maia
from tests.conftest import signed_in

SAY = (
    "from django.conf import settings as s;"
    "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME)"
)


@pytest.mark.parametrize(
    ("base", "start"), [("https://rdv.example.fr", "__Host-"), ("http://127.0.0.1:8000", "")]
)
def test_their_names(tmp_path, base, start):
    said = maia(tmp_path, "shell", "-c", SAY, MAIA_BASE_URL=base).stdout
    names = [f"{start}{name}" for name in ("sessionid", "csrftoken", "django_language")]
    assert said.split()[-3:] == names


@pytest.fixture
def https(settings, monkeypatch):
    settings.COOKIE_PREFIX = "__Host-"
    for name in ("SESSION", "CSRF", "LANGUAGE"):
        said = getattr(settings, f"{name}_COOKIE_NAME").removeprefix("__Host-")
        setattr(settings, f"{name}_COOKIE_NAME", f"__Host-{said}")
        setattr(settings, f"{name}_COOKIE_SECURE", True)
    monkeypatch.setattr(_InACookie, "cookie_name", "__Host-messages")


def test_what_browsers_ask_of_such_a_name(https, client, julie, practice, follow_up):
    client.get("/accounts/login/", secure=True)
    client.post("/i18n/setlang/", {"language": "en"}, secure=True)
    signed_in(client, julie.user)
    client.post("/mon-compte/", {"language": "fr"}, secure=True)
    cookies = client.cookies
    assert {"__Host-csrftoken", "__Host-django_language", "__Host-sessionid"} <= set(cookies)
    assert all(name.startswith("__Host-") for name in cookies)
    for name, cookie in cookies.items():
        if name != "__Host-sessionid":  # made by the test's own client
            assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert client.get("/mon-compte/", secure=True).status_code == 200


def test_the_name_of_before_opens_nothing(https, julie):
    client = signed_in(Client(), julie.user)
    client.cookies["sessionid"] = client.cookies.pop("__Host-sessionid").value
    assert client.get("/mon-compte/", secure=True).status_code == 302


def test_in_a_frame_they_have_the_path_of_the_frame(https, practice, follow_up, anne, julie):
    frame = "/tilleuls/embed/fr-own-all"
    client = Client()
    client.get(f"{frame}/accounts/login/code/", secure=True)
    typed = {"email": julie.user.email}
    client.post(f"{frame}/accounts/login/code/", typed, secure=True)
    assert {
        "__Secure-frame_csrftoken", "__Secure-frame_kept", "__Secure-frame_sessionid",
    } <= set(client.cookies)  # fmt: skip
    for name, cookie in client.cookies.items():
        assert name.startswith("__Secure-frame_")
        assert (cookie["path"], cookie["samesite"]) == ("/tilleuls/embed/", "None")
        assert cookie["secure"]
        assert cookie["partitioned"]
    outside = signed_in(Client(), julie.user)
    client.cookies["__Secure-frame_sessionid"] = outside.cookies["__Host-sessionid"].value
    assert client.get(f"{frame}/mes-rendez-vous/", secure=True).status_code == 200
    assert outside.get(f"{frame}/mes-rendez-vous/", secure=True).status_code == 302
