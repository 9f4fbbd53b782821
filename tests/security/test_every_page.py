"""Every page that patients reach, as everybody: nobody sees what is not hers."""

import pytest
from django.test import Client
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.portal.frame_urls import urlpatterns as framed
from maia.portal.urls import urlpatterns
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user
from tests.security.conftest import BACKEND

# What anybody may open, with nothing of hers on it.
PUBLIC = {
    "home", "practice", "slots", "confirm", "sign_in", "code", "theme", "picture", "embed",
    "embed_script", "data_notice", "legal_notice", "invitation", "stage",
}  # fmt: skip
# Her own, whoever she is.
OWN = {
    "account",
    "account_data",
    "account_delete",
    "account_again",
    "account_calendar",
    "account_details",
    "appointments",
}
# What the frame adds: ways in and out, and what a key tells.
FRAMED = {
    "after_sign_in", "account_login", "account_logout", "account_inactive", "account_signup",
    "account_request_login_code", "account_confirm_login_code", "mfa_authenticate", "elsewhere",
    "booked_elsewhere",
}  # fmt: skip


@pytest.fixture
def hers(practice, anne, follow_up, on_tuesday):
    user = make_user("lina@patiente.example")
    lina = make_patient(practice, "Lina", user, last_name="Rouault", mobile="+33639980001")
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), lina, by=By.patient(user), now=NOW, note="Secret"
    )


@pytest.fixture
def others(practice, anne, elsewhere, hers):
    """Everybody but her: what each is called and how she comes."""
    people = {"nobody": None}
    for name, record in (
        ("a patient of the practice", make_patient(practice, "Zoé", make_user("zoe@x.example"))),
        (
            "a patient of another practice",
            make_patient(elsewhere["practice"], "Eve", make_user("eve@x.example")),
        ),
    ):
        people[name] = record.user
    people["the owner of another practice"] = elsewhere["owner"]
    for role in ("owner", "practitioner", "assistant"):
        user = make_user(f"{role}@tilleuls.example")
        practice.team.create(user=user, role=role)
        people[f"the practice's {role}"] = user
    return people


def flat(patterns, namespace=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from flat(pattern.url_patterns, inner)
        else:
            yield namespace + pattern.name, pattern


def client_of(user):
    client = Client(headers={"accept-language": "fr"})
    if user is not None:
        client.force_login(user, BACKEND)
    return client


def assert_nothing_of_hers(answer, path):
    page = answer.content.decode(errors="replace")
    for word in ("Lina", "Rouault", "lina@", "639980001", "Secret"):
        assert word not in page, path


def test_the_lists_above_name_every_page():
    names = {name.rpartition(":")[2] if ":" not in name else name for name, _ in flat(urlpatterns)}
    pages = {"appointment", "cancel", "move", "move_there", "ics"}
    expected = {f"{kind}:{page}" for kind in ("mine", "link") for page in pages}
    assert names == PUBLIC | OWN | expected | {"booked"}
    names = {name for name, _ in flat(framed)}
    assert names <= PUBLIC | OWN | FRAMED | {f"mine:{page}" for page in pages} | {"booked"}


def test_nobody_else_reaches_her_appointment_by_its_number(hers, others):
    for who, user in others.items():
        client = client_of(user)
        for page in ("appointment", "cancel", "move", "ics"):
            path = reverse(f"mine:{page}", args=[hers.uid])
            for answer in (client.get(path), client.post(path)):
                assert answer.status_code in (302, 404, 405), f"{who} {path}"
                assert_nothing_of_hers(answer, path)
        path = reverse("mine:move_there", args=[hers.uid, at(THURSDAY, "10:00")])
        assert client.post(path).status_code in (302, 404), who
        path = reverse("booked", args=["tilleuls", hers.uid])
        assert client.get(path).status_code in (302, 404), who
    hers.refresh_from_db()
    assert (hers.status, hers.start) == ("confirmed", at(THURSDAY, "09:30"))


def test_nor_from_within_a_frame(hers, others, practice):
    practice.websites.create(origin="https://mon-site.fr")
    for who, user in others.items():
        client = client_of(user)
        if user is not None:
            client.cookies["frame_sessionid"] = client.cookies["sessionid"].value
        for page in ("appointment", "cancel", "move", "ics"):
            path = "/tilleuls/embed/fr-own-all" + reverse(f"mine:{page}", args=[hers.uid])
            for answer in (client.get(path), client.post(path)):
                assert answer.status_code in (302, 404, 405), f"{who} {path}"
                assert_nothing_of_hers(answer, path)


def test_public_and_own_pages_show_nothing_of_hers(hers, others):
    confirm = [
        "tilleuls", hers.type.pk, hers.practitioner.pk, at(THURSDAY, "10:00"),
    ]  # fmt: skip
    paths = [
        "/", "/tilleuls/", f"/tilleuls/book/{hers.type.pk}/", reverse("confirm", args=confirm),
        "/tilleuls/confidentialite/", "/tilleuls/mentions-legales/", "/mes-rendez-vous/",
        "/mon-compte/", "/mon-compte/donnees/", "/mon-compte/supprimer/",
    ]  # fmt: skip
    for user in others.values():
        client = client_of(user)
        for path in paths:
            answer = client.get(path, follow=True)
            assert answer.status_code in (200, 404), path
            assert_nothing_of_hers(answer, path)


def test_her_link_opens_that_appointment_and_says_no_more(hers, others):
    for user in others.values():
        client = client_of(user)
        for page in ("", "cancel/", "move/"):
            path = f"/a/{hers.link_token}/{page}"
            assert_nothing_of_hers(client.get(path), path)
        other = f"/a/{hers.link_token[::-1]}/"
        assert client.get(other).status_code == 404


def test_no_line_of_log_tells_who_or_what(hers, caplog, mailoutbox):
    with caplog.at_level("DEBUG"):
        client = client_of(hers.patient.user)
        client.get(f"/mes-rendez-vous/{hers.uid}/")
        client.get(f"/a/{hers.link_token}/")
        client.post("/accounts/login/code/", {"email": "lina@patiente.example"})
        client.get("/tilleuls/?email=lina@patiente.example")
    ours = [record for record in caplog.records if record.name.startswith("maia")]
    assert ours
    for record in ours:
        line = f"{record.getMessage()} {record.__dict__}"
        for word in ("lina@", "Lina", str(hers.uid), hers.link_token, "Secret"):
            assert word not in line
