"""The page in a frame: who may be around it, what exists in there, whose cookies are whose."""

import re

import pytest
from django.urls import NoReverseMatch, get_urlconf, reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.practices.models import Practice
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FRAME = "/tilleuls/embed/fr-own-all"


def ancestors(answer):
    policy = answer["Content-Security-Policy"]
    return re.search(r"frame-ancestors ([^;]*)", policy)[1].split()


@pytest.fixture
def website(practice):
    return practice.websites.create(origin="https://mon-site.fr")


def test_only_listed_websites_may_frame_it(client, website, follow_up):
    answer = client.get(f"{FRAME}/tilleuls/")
    assert answer.status_code == 302  # one type: straight to its slots
    answer = client.get(answer["Location"])
    assert answer.status_code == 200
    assert ancestors(answer) == ["'self'", "https://mon-site.fr", "https://www.mon-site.fr"]
    assert "X-Frame-Options" not in answer


def test_without_a_website_nobody_may(client, practice, follow_up):
    assert ancestors(client.get(f"{FRAME}/tilleuls/")) == ["'self'"]


@pytest.mark.rule("3.11.1")
@pytest.mark.parametrize(
    "path", ["/tilleuls/", "/", "/accounts/login/", "/pro/", "/admin/", "/healthz", "/nope/"]
)
def test_nothing_else_can_be_framed(client, website, path):
    answer = client.get(path)
    assert ancestors(answer) == ["'none'"]
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    ["/pro/", "/admin/", "/accounts/email/", "/accounts/password/reset/", "/accounts/2fa/",
     "/a/x/", "/invitation/x/", "/i18n/setlang/", "/demo/messages/"],
)  # fmt: skip
def test_what_is_not_booking_does_not_exist_in_a_frame(client, website, path):
    assert client.get(FRAME + path).status_code == 404


def test_another_practice_does_not_exist_in_this_ones_frame(client, website):
    other = Practice.objects.create(name="Ailleurs", slug="ailleurs")
    hers = make_type(other)
    assert client.get(f"{FRAME}/ailleurs/").status_code == 404
    assert client.get(f"{FRAME}/ailleurs/book/{hers.pk}/").status_code == 404


def test_her_appointments_elsewhere_are_not_shown_in_this_ones_frame(
    client, website, practice, anne, follow_up, elsewhere
):
    user = make_user("deux@patiente.example")
    for type, practitioner in (
        (follow_up, anne),
        (elsewhere["type"], elsewhere["practitioner"]),
    ):
        patient = make_patient(practitioner.practice, "Julie", user)
        start = at(THURSDAY, "09:30" if practitioner == anne else "10:30")
        made = book_appointment(type, practitioner, start, patient, by=By.practice(None), now=NOW)
    client.force_login(user, BACKEND)
    client.cookies["frame_sessionid"] = client.cookies["sessionid"].value
    page = client.get(f"{FRAME}/mes-rendez-vous/").content.decode()
    assert "09:30" in page
    assert "10:30" not in page
    assert client.get(f"{FRAME}/mes-rendez-vous/{made.uid}/").status_code == 404
    assert "10:30" in client.get("/mes-rendez-vous/").content.decode()


def test_the_frame_does_not_know_whom_maia_knows(client, website, julie):
    client.force_login(julie.user, BACKEND)
    assert client.get("/mes-rendez-vous/").status_code == 200
    answer = client.get(f"{FRAME}/mes-rendez-vous/")
    assert answer["Location"].startswith(f"{FRAME}/accounts/login/")


def test_its_cookies_are_its_own(client, website, anne, follow_up, settings):
    settings.SESSION_COOKIE_SECURE = True
    answer = client.get(f"{FRAME}/accounts/login/code/", secure=True)
    assert set(answer.cookies) == {"__Secure-frame_csrftoken", "__Secure-frame_kept"}
    for cookie in answer.cookies.values():
        text = cookie.OutputString()
        assert "Path=/tilleuls/embed/" in text
        assert "SameSite=None" in text
        assert "Secure" in text
        assert "Partitioned" in text
    plain = client.get("/accounts/login/code/", secure=True)
    assert "Partitioned" not in plain.cookies["csrftoken"].OutputString()
    assert plain.cookies["csrftoken"]["samesite"] == "Lax"


def test_a_forged_post_is_refused(website, anne, follow_up):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    page = client.get(f"{FRAME}/accounts/login/code/")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    typed = {"email": "x@patiente.example"}
    assert client.post(f"{FRAME}/accounts/login/code/", typed).status_code == 403
    full = typed | {"csrfmiddlewaretoken": token}
    from_elsewhere = {"HTTP_ORIGIN": "https://mon-site.fr"}
    assert client.post(f"{FRAME}/accounts/login/code/", full, **from_elsewhere).status_code == 403
    # Maia's own token does not open the frame.
    client.cookies["csrftoken"] = client.cookies.pop("frame_csrftoken").value
    assert client.post(f"{FRAME}/accounts/login/code/", full).status_code == 403


def test_the_way_in_reads_the_snippets_choices(client, anne, follow_up):
    def leads(**asked):
        return client.get("/tilleuls/embed/", asked)["Location"]

    assert leads() == "/tilleuls/embed/auto-own-all/tilleuls/"
    assert leads(language="fr-FR", accent="#ABC") == "/tilleuls/embed/fr-aabbcc-all/tilleuls/"
    assert leads(practitioner=anne.pk, type=follow_up.pk) == (
        f"/tilleuls/embed/auto-own-{anne.pk}/tilleuls/book/{follow_up.pk}/"
    )
    nonsense = {"language": "../", "accent": "red;}", "practitioner": "9" * 40, "type": "x"}
    assert leads(**nonsense) == "/tilleuls/embed/auto-own-all/tilleuls/"


@pytest.mark.parametrize(
    "options", ["de-own-all", "fr-own", "fr-zzzzzz-all", "fr-own-x", "FR-own-all"]
)
def test_other_options_are_no_page(client, website, options):
    assert client.get(f"/tilleuls/embed/{options}/tilleuls/").status_code == 404
    assert client.get("/nobody/embed/fr-own-all/nobody/").status_code == 404


def test_what_was_asked_stays_in_every_link(client, website, anne, follow_up):
    page = client.get(f"/tilleuls/embed/en-7a4f9a-{anne.pk}/tilleuls/book/{follow_up.pk}/")
    text = page.content.decode()
    assert '<html lang="en-GB">' in text
    assert "/theme/2/7a4f9a.css" in text
    links = re.findall(r'href="(/tilleuls/[^"]*)"', text)
    inside = [link for link in links if link.startswith(f"/tilleuls/embed/en-7a4f9a-{anne.pk}/")]
    french = f"/tilleuls/embed/fr-7a4f9a-{anne.pk}/tilleuls/book/{follow_up.pk}/"
    outside = f"/tilleuls/book/{follow_up.pk}/"
    assert set(links) - set(inside) == {french, outside}


def test_the_prefix_does_not_outlive_its_request(client, website, anne, follow_up):
    client.get(f"{FRAME}/tilleuls/")
    assert reverse("appointments") == "/mes-rendez-vous/"
    assert get_urlconf() is None
    with pytest.raises(NoReverseMatch):
        reverse("booked_elsewhere")


def test_the_script(client, practice):
    answer = client.get("/tilleuls/embed.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in answer["Cache-Control"]
    assert client.get("/nobody/embed.js").status_code == 404


def test_the_script_is_light():
    import gzip
    from pathlib import Path

    script = Path("maia/static/maia/embed.js").read_bytes()
    print(f"embed.js: {len(gzip.compress(script))} bytes compressed")
    assert len(gzip.compress(script)) < 4096
    assert b"eval(" not in script
    assert b"innerHTML" not in script


# --- Where no cookie is kept ------------------------------------------------------------------


def confirm_path(type, practitioner):
    return reverse("confirm", args=["tilleuls", type.pk, practitioner.pk, at(THURSDAY, "09:30")])


@pytest.fixture
def on_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_a_key_carries_the_news_from_the_tab_to_the_frame(
    client, website, anne, follow_up, julie, on_tuesday
):
    from django.test import Client

    frame = Client()
    path = confirm_path(follow_up, anne)
    once = frame.get(FRAME + path)
    frame.cookies.clear()  # the browser refuses them
    page = frame.get(once["Location"]).content.decode()
    out = re.search(r'href="([^"]+)"\s+target="_blank"', page)[1]
    key = re.search(r'data-elsewhere="[^"]*/elsewhere/([0-9a-f-]{36})/"', page)[1]
    assert key not in out
    assert frame.get(f"{FRAME}/elsewhere/{key}/").json() == {"url": None}
    assert "Rien n’est encore réservé" in frame.get(
        f"{FRAME}/elsewhere/{key}/booked/"
    ).content.decode()  # fmt: skip
    client.force_login(julie.user, BACKEND)
    form = client.get(out).content.decode()
    request_key = re.search(r'name="request_key" value="([^"]+)"', form)[1]
    booked = client.post(path, {"request_key": request_key, "note": "secret"})
    assert "/booked/" in booked["Location"]
    there = frame.get(f"{FRAME}/elsewhere/{key}/").json()["url"]
    told = frame.get(there).content.decode()
    assert "jeudi 3 décembre" not in told  # the tab says when
    assert "Votre rendez-vous est" in told
    assert "data-booked" in told
    for hers in ("Julie", "secret", "Suivi de grossesse", "julie@"):
        assert hers not in told


def test_a_key_that_maia_did_not_sign_tells_nothing(
    client, website, practice, anne, follow_up, julie, on_tuesday
):
    from uuid import uuid4

    from django.core import signing

    client.force_login(julie.user, BACKEND)
    path = confirm_path(follow_up, anne)
    key = str(uuid4())
    other = signing.TimestampSigner(salt=f"maia.portal.elsewhere:{practice.pk + 1}").sign(key)
    for forged in (key, f"{key}:x:y", other):
        client.get(path, {"frame": forged})
        assert "frame" not in client.session
    form = client.get(path, {"frame": key}).content.decode()
    request_key = re.search(r'name="request_key" value="([^"]+)"', form)[1]
    client.post(path, {"request_key": request_key})
    assert client.get(f"{FRAME}/elsewhere/{key}/").json() == {"url": None}


@pytest.mark.parametrize(
    "accent", ["aabbcc-all/../../../accounts/login", "aabbcc/", "aabbcc\n", "é"]
)
def test_the_options_of_a_frames_address_are_read_strictly(client, website, accent):
    there = client.get("/tilleuls/embed/", {"accent": accent})["Location"]
    assert ".." not in there
    assert there.startswith("/tilleuls/embed/auto-")


def booked_in_a_tab(client, julie, path, out):
    client.force_login(julie.user, BACKEND)
    form = client.get(out).content.decode()
    request_key = re.search(r'name="request_key" value="([^"]+)"', form)[1]
    return client.post(path, {"request_key": request_key})


def test_who_learns_the_address_of_the_tab_reads_nothing(
    client, website, practice, anne, follow_up, julie, on_tuesday
):
    from uuid import UUID

    from django.test import Client

    frame, path = Client(), confirm_path(follow_up, anne)
    page = frame.get(f"{FRAME}{path}?again").content.decode()
    out = re.search(r'href="([^"]+)"\s+target="_blank"', page)[1]
    digest = re.search(r"frame=([0-9a-f]{64})", out)[1]
    booked_in_a_tab(client, julie, path, out)
    for guess in (UUID(digest[:32]), UUID(digest[32:])):
        assert Client().get(f"{FRAME}/elsewhere/{guess}/").json() == {"url": None}
    key = re.search(r"/elsewhere/([0-9a-f-]{36})/", page)[1]
    # The cookie that came with that very page is sent back now: it is the same frame.
    assert frame.get(f"{FRAME}/elsewhere/{key}/").json()["url"]


def test_with_a_cookie_the_key_is_the_browsers_own(
    client, website, practice, anne, follow_up, julie, on_tuesday
):
    from django.test import Client

    frame, path = Client(), confirm_path(follow_up, anne)
    frame.get(FRAME + path)
    page = frame.get(FRAME + path).content.decode()  # to sign in; or, by password, in a tab
    out = re.search(r'href="([^"]+)"\s+target="_blank"', page)[1]
    key = re.search(r"/elsewhere/([0-9a-f-]{36})/", page)[1]
    booked_in_a_tab(client, julie, path, out)
    other = Client()
    other.get(FRAME + path)
    for stranger in (other, Client()):
        assert stranger.get(f"{FRAME}/elsewhere/{key}/").json() == {"url": None}
        told = stranger.get(f"{FRAME}/elsewhere/{key}/booked/").content.decode()
        assert "Rien n’est encore réservé" in told
    assert frame.get(f"{FRAME}/elsewhere/{key}/").json()["url"]
