"""How emails are read: on a telephone, in the dark, with one thing to do; never what for, outside."""

import re

import pytest

from maia.appointments.acts.booking import By
from maia.appointments.acts.cancelling import cancel_appointment
from maia.practices.colours import AA_TEXT, contrast
from tests.conftest import NOW
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book


def mail_to(smtp, whom):
    return [mail for mail in smtp.taken if whom in mail["To"]][-1]


def page_of(mail):
    return mail.get_body(("html",)).get_content()


def buttons(page):
    """Each as its address and its words."""
    found = re.findall(r'<a\s+class="act"\s+href="([^"]*)"[^>]*>(.*?)</a>', page, re.S)
    return [(address, words.strip()) for address, words in found]


@pytest.fixture
def asked(follow_up, anne, julie, smtp):
    follow_up.needs_confirmation = True
    follow_up.save()
    appointment = book(follow_up, anne, julie)
    work()
    return appointment


def test_it_is_as_wide_as_the_telephone_and_knows_the_dark(asked, smtp):
    page = page_of(mail_to(smtp, "julie"))
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    assert "prefers-color-scheme: dark" in page


def test_the_patient_has_one_button_to_her_own_appointment(asked, smtp, settings):
    ((address, words),) = buttons(page_of(mail_to(smtp, "julie")))
    assert address == f"{settings.BASE_URL}/a/{asked.link_token}/"
    assert words == "Déplacer ou annuler cette demande"


def test_cancelled_the_button_leads_to_another(asked, smtp, settings):
    cancel_appointment(asked, by=By.practice(None), now=NOW)
    work()
    ((address, words),) = buttons(page_of(mail_to(smtp, "julie")))
    assert address == f"{settings.BASE_URL}/tilleuls/"
    assert words == "Prendre un autre rendez-vous"


def test_a_notice_leads_to_what_it_is_about(asked, smtp, settings):
    notice = mail_to(smtp, "anne")
    address = f"{settings.BASE_URL}/pro/appointments/{asked.pk}/"
    assert buttons(page_of(notice)) == [(address, "Confirmer ou refuser")]
    assert address in notice.get_body(("plain",)).get_content()
    assert str(asked.link_token) not in page_of(notice)  # the patient's key is hers


def test_what_shows_on_a_locked_telephone_is_the_time_alone(asked, follow_up, julie, smtp):
    page = page_of(mail_to(smtp, "anne"))
    foreword = re.search(r"display: none[^>]*>(.*?)</div>", page, re.S)[1].strip()
    assert foreword == "jeudi 3 décembre 2026, 09:30"


@pytest.mark.parametrize("accent", ["#ffe600", "#101010", "#7a4f9a"])
def test_the_button_is_readable_in_every_colour(practice, follow_up, anne, julie, smtp, accent):
    practice.accent_colour = accent
    practice.save()
    book(follow_up, anne, julie)
    work()
    style = re.search(r'class="act"[^>]*style="([^"]*)"', page_of(mail_to(smtp, "julie")))[1]
    ground = re.search(r"background: (#\w{6})", style)[1]
    ink = re.search(r"; color: (#\w{6})", style)[1]
    assert ground == accent
    assert contrast(ground, ink) >= AA_TEXT


def test_the_code_to_sign_in_can_be_read_in_the_list_of_emails(client, julie, mailoutbox):
    client.post("/accounts/login/code/", {"email": "julie@patiente.example"})
    (mail,) = mailoutbox
    code = re.search(r"\b\d{6}\b", mail.body).group()
    assert mail.subject.startswith(code)
    ((page, kind),) = mail.alternatives
    assert kind == "text/html"
    assert code in page
