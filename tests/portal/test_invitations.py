"""From the email's link to the record, as a patient does it."""

import re

import pytest
import time_machine
from django.core.cache import cache

from maia.invitations.inviting import invite_member, invite_patient, withdraw
from tests.conftest import NOW, make_patient, make_user
from tests.office.conftest import BACKEND


@pytest.fixture(autouse=True)
def frozen(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def record(practice):
    return make_patient(practice, "Julie", email="julie@patiente.example")


@pytest.fixture
def link(record, anne):
    return f"/invitation/{invite_patient(record, by=anne.user, now=NOW).token}/"


def code_in(mailoutbox):
    return re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()


def test_a_click_a_code_and_she_is_in(client, link, record, mailoutbox):
    answer = client.post(link)
    confirm = answer["Location"]
    assert mailoutbox[0].to == ["julie@patiente.example"]
    answer = client.post(confirm, {"code": code_in(mailoutbox), "next": link})
    assert answer["Location"] == link
    answer = client.get(link)
    assert answer["Location"] == "/tilleuls/"
    record.refresh_from_db()
    assert record.user.email == "julie@patiente.example"
    assert client.get(link)["Location"] == "/tilleuls/"  # later: where it leads
    client.logout()
    assert client.get(link).status_code == 410


def test_opening_the_link_changes_nothing(client, link, record, mailoutbox):
    julie = make_user("julie@patiente.example")
    assert client.get(link).status_code == 200
    client.force_login(julie, BACKEND)
    page = client.get(link).content.decode()
    assert "Accepter l’invitation" in page
    record.refresh_from_db()
    assert record.user is None
    assert mailoutbox == []
    assert client.post(link)["Location"] == "/tilleuls/"
    record.refresh_from_db()
    assert record.user == julie


def test_somebody_else_who_is_signed_in_is_signed_out_first(client, link, record, mailoutbox):
    client.force_login(make_user("eve@x.example"), BACKEND)
    page = client.get(link).content.decode()
    assert "Se déconnecter et continuer" in page
    assert "julie@patiente.example" not in page  # the link may have been forwarded
    client.post(link)
    assert "_auth_user_id" not in client.session
    assert mailoutbox[0].to == ["julie@patiente.example"]
    record.refresh_from_db()
    assert record.user is None


@pytest.mark.rule("3.5.5")
def test_a_dead_link_says_so(client, link, record):
    withdraw(record.invitations.get(), now=NOW)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "plus valable" in answer.content.decode()
    assert client.post(link).status_code == 410
    assert client.get("/invitation/unknown/").status_code == 404


def test_a_colleague_lands_in_the_agenda(client, practice, anne, mailoutbox):
    invitation = invite_member(
        practice, "nina@t.example", "practitioner", by=anne.user, now=NOW,
        first_name="Nina", last_name="Roy",
    )  # fmt: skip
    link = f"/invitation/{invitation.token}/"
    confirm = client.post(link)["Location"]
    client.post(confirm, {"code": code_in(mailoutbox), "next": link})
    assert client.get(link)["Location"] == "/pro/"
    assert client.get("/pro/").status_code == 200
