"""Her account: language, reminders, address, sessions, data, the end of it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.messaging.judge import why_not
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.patients.models import Patient
from tests.conftest import NOW, THURSDAY, at


@pytest.fixture(autouse=True)
def frozen(db, time_machine):
    cache.clear()
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def hers(client, julie, mailoutbox):
    """Signed in by code, a moment ago."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    client.post("/accounts/login/code/", {"email": julie.email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox)})
    return client


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def code_in(mailoutbox):
    return re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()


def test_language_and_sms_are_hers_to_choose(hers, julie, anne, follow_up, settings):
    assert "Mon compte" in hers.get("/mon-compte/").content.decode()
    answer = hers.post("/mon-compte/", {"language": "en"})
    assert answer.cookies["django_language"].value == "en"
    julie.refresh_from_db()
    assert (julie.language, julie.no_sms, julie.user.language) == ("en", True, "en")
    assert "My account" in hers.get("/mon-compte/").content.decode()
    settings.SMS_URL = "console://"
    Patient.objects.filter(pk=julie.pk).update(mobile="+33639980001")
    follow_up.send_sms_reminder = True
    follow_up.save()
    book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(julie.user), now=NOW
    )
    announce(NOW)
    reminder = Message.objects.get(kind="reminder", channel="sms")
    assert why_not(reminder, NOW) == "no_sms"
    hers.post("/mon-compte/", {"language": "fr", "sms": "on"})
    assert why_not(Message.objects.get(pk=reminder.pk), NOW) is None


def test_a_new_address_is_verified_then_followed(hers, julie, mailoutbox):
    elsewhere = "autre@patiente.example"
    answer = hers.post("/accounts/email/", {"email": elsewhere, "action_add": ""})
    assert answer.status_code == 302
    julie.refresh_from_db()
    assert julie.email == julie.user.email == "julie@patiente.example"  # nothing before the code
    page = hers.get(answer["Location"])
    assert page.status_code == 200
    assert mailoutbox[-1].to == [elsewhere]
    hers.post("/accounts/confirm-email/", {"code": code_in(mailoutbox)})
    julie.refresh_from_db()
    assert (julie.user.email, julie.email) == (elsewhere, elsewhere)
    assert "autre" in julie.search_text
    assert any(mail.to == ["julie@patiente.example"] for mail in mailoutbox[-2:])  # she is told


def test_an_address_of_the_practices_own_choice_is_left_alone(hers, julie, mailoutbox):
    Patient.objects.filter(pk=julie.pk).update(email="travail@patiente.example")
    hers.post("/accounts/email/", {"email": "autre@patiente.example", "action_add": ""})
    hers.post("/accounts/confirm-email/", {"code": code_in(mailoutbox)})
    julie.refresh_from_db()
    assert julie.email == "travail@patiente.example"


def test_she_sees_where_she_is_signed_in_and_signs_out_there(hers, julie, mailoutbox):
    phone = Client(headers={"user-agent": FIREFOX})
    phone.post("/accounts/login/code/", {"email": julie.email})
    phone.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox)})
    assert phone.get("/mes-rendez-vous/").status_code == 200
    page = hers.get("/accounts/sessions/").content.decode()
    assert "Firefox sur Windows" in page
    assert "Mozilla" not in page
    assert "10:00" in page  # hers, not the server's 09:00
    hers.post("/accounts/sessions/")
    assert phone.get("/mes-rendez-vous/").status_code == 302
    assert hers.get("/mes-rendez-vous/").status_code == 200


def test_her_data_is_a_file(hers):
    answer = hers.get("/mon-compte/donnees/")
    assert answer["Content-Disposition"] == 'attachment; filename="mes-donnees.json"'
    assert answer.json()["account"]["email"] == "julie@patiente.example"


@pytest.mark.parametrize("path", ["/mon-compte/donnees/", "/mon-compte/supprimer/",
                                  "/accounts/2fa/totp/activate/"])  # fmt: skip
def test_what_matters_asks_for_a_new_code_after_a_while(hers, julie, mailoutbox, frozen, path):
    assert hers.get(path).status_code == 200
    frozen.shift(timedelta(minutes=6))
    answer = hers.get(path)
    assert answer["Location"].startswith("/mon-compte/encore/")
    before = len(mailoutbox)
    assert hers.get(answer["Location"]).status_code == 200
    assert len(mailoutbox) == before
    confirm = hers.post(answer["Location"])["Location"]
    assert mailoutbox[-1].to == ["julie@patiente.example"]
    back = hers.post(confirm, {"code": code_in(mailoutbox), "next": path})
    assert back["Location"] == path
    assert hers.get(path).status_code == 200


def test_nor_is_a_password_chosen_on_a_telephone_left_on_a_table(hers, julie, frozen):
    frozen.shift(timedelta(minutes=6))
    typed = {"password1": "une-phrase-de-passe", "password2": "une-phrase-de-passe"}
    answer = hers.post("/accounts/password/set/", typed)
    assert answer["Location"].startswith("/mon-compte/encore/")
    julie.user.refresh_from_db()
    assert not julie.user.has_usable_password()


def test_the_way_back_is_ours(hers):
    confirm = hers.post("/mon-compte/encore/?next=https://evil.example/")["Location"]
    assert "evil" not in confirm


def test_she_deletes_her_account(hers, julie):
    path = "/mon-compte/supprimer/"
    assert "Cabinet des Tilleuls" in hers.get(path).content.decode()
    assert hers.post(path).status_code == 422
    assert User.objects.filter(email=julie.email).exists()
    assert hers.post(path, {"understood": "on"})["Location"] == "/"
    assert not User.objects.filter(email=julie.email).exists()
    assert hers.get("/mon-compte/").status_code == 302


def test_the_owner_of_a_practice_is_told(client, practice, anne, mailoutbox):
    practice.team.create(user=anne.user, role="owner")
    client.post("/accounts/login/code/", {"email": anne.user.email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox)})
    answer = client.post("/mon-compte/supprimer/", {"understood": "on"})
    assert answer.status_code == 422
    assert User.objects.filter(pk=anne.user.pk).exists()


def test_what_the_practice_tells_of_itself(client, practice, anne):
    from maia.privacy.models import Terms

    Terms.objects.create(practice=practice, records_years=5, notice="**Nos** règles<script>")
    page = client.get("/tilleuls/confidentialite/").content.decode()
    for words in ("5 ans", "12 mois", "3 place du Marché", "<strong>Nos</strong>", "CNIL"):
        assert words in page, words
    assert "<script>" not in page.split("<main")[1].split("</main")[0]
    page = client.get("/tilleuls/mentions-legales/").content.decode()
    assert "Anne Morel" in page
    assert client.get("/personne/confidentialite/").status_code == 404
