"""What providers say afterwards, and who may say it."""

import base64
import hashlib
import hmac
import json

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import override_settings

from maia.hooks.sms import account_token
from maia.messaging.models import Message
from maia.messaging.receipts import callback_url, message_of
from tests.conftest import NOW, make_patient

BASE = "https://maia.example"


@pytest.fixture(autouse=True)
def https(settings):
    settings.BASE_URL = BASE
    settings.SMS_URL = "twilio://AC1:token@?from=%2B33644600000"


@pytest.fixture
def sent(practice, anne):
    julie = make_patient(practice, "Julie", email="julie@patiente.example")
    return Message.objects.create(
        practice=practice, practitioner=anne, patient=julie, kind="test", channel="sms",
        recipient="patient", key="k", due_at=NOW, try_after=NOW, status="sent", sent_at=NOW,
        provider_id="id-1", to="+33639980001",
    )  # fmt: skip


def path_of(message, provider):
    with override_settings(SMS_URL=f"{provider}://AC1:token@?from=%2B33644600000"):
        url = callback_url(message)
    assert url.startswith(f"{BASE}/hooks/sms/{provider}/")
    return url.removeprefix(BASE)


def receipt(message):
    message.refresh_from_db()
    return message.receipt


def as_json(client, path, body):
    return client.post(path, json.dumps(body), content_type="application/json").status_code


@pytest.mark.parametrize(
    ("provider", "body", "outcome"),
    [
        ("brevo", {"msg_status": "delivered", "messageId": 1}, "delivered"),
        ("brevo", {"msg_status": "hard_bounce"}, "undelivered"),
        ("brevo", {"msg_status": "accepted"}, ""),
        ("brevo", {"msg_status": "read by nobody yet"}, ""),  # unknown is unknown
        ("smsmode", {"messageId": "x", "status": {"value": "DELIVERED"}}, "delivered"),
        ("smsmode", {"messageId": "x", "status": {"value": "UNDELIVERABLE"}}, "undelivered"),
        ("smsmode", {"messageId": "x", "status": {"value": "ENROUTE"}}, ""),
        ("smsmode", {"messageId": "x", "status": {"value": "NEW_WORD"}}, ""),
    ],
)
def test_to_the_address_of_one_message(client, sent, provider, body, outcome):
    assert as_json(client, path_of(sent, provider), body) == 204
    assert receipt(sent) == outcome


def test_twilio_signs_what_it_says(client, sent):
    path = path_of(sent, "twilio")
    said = {"MessageSid": "id-1", "MessageStatus": "delivered"}
    url = BASE + path + "".join(key + said[key] for key in sorted(said))
    signature = base64.b64encode(hmac.new(b"token", url.encode(), hashlib.sha1).digest()).decode()
    for forged in ("", "AAAA", signature[:-2] + "=="):
        answer = client.post(path, said, headers={"X-Twilio-Signature": forged})
        assert answer.status_code == 404
    assert receipt(sent) == ""
    answer = client.post(path, said, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 204
    assert receipt(sent) == "delivered"


@pytest.mark.parametrize(
    ("provider", "query", "body", "outcome"),
    [
        ("ovh", "?id=id-1&ptt=1", None, "delivered"),
        ("ovh", "?id=id-1&ptt=2", None, "undelivered"),
        ("ovh", "?id=id-1&ptt=3", None, ""),
        ("octopush", "", {"message_id": "id-1", "status": "NOT_DELIVERED"}, "undelivered"),
        ("octopush", "", {"message_id": "id-1", "status": "LATER"}, ""),
        ("ovh", "?id=other&ptt=1", None, ""),
        ("octopush", "", {"message_id": "id-1", "status": "DELIVERED"}, "delivered"),
        ("octopush", "", {"message_id": "", "status": "DELIVERED"}, ""),
    ],
)
def test_to_the_address_of_an_account(client, sent, provider, query, body, outcome):
    path = f"/hooks/sms/{provider}/account/{account_token(provider)}/{query}"
    status = client.get(path).status_code if body is None else as_json(client, path, body)
    assert status == 204
    assert receipt(sent) == outcome


def test_who_was_not_told_the_address_says_nothing(client, sent):
    body = {"msg_status": "delivered"}
    good = path_of(sent, "brevo")
    for path in (
        good[:-3] + "xx/",
        "/hooks/sms/brevo/1/",
        "/hooks/sms/octopush/account/0123/",
        f"/hooks/sms/brevo/account/{account_token('ovh')}/",
        good.replace("/brevo/", "/nobody/"),
    ):
        assert as_json(client, path, body) == 404, path
    assert receipt(sent) == ""


def test_twilios_signature_is_not_avoided_by_another_providers_name(client, sent):
    path = path_of(sent, "twilio")
    for provider in ("brevo", "smsmode"):
        body = {"msg_status": "delivered", "status": {"value": "DELIVERED"}}
        assert as_json(client, path.replace("/twilio/", f"/{provider}/"), body) == 404
    assert receipt(sent) == ""


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"msg_status": {}}', "\x00"])
def test_nonsense_is_a_400_or_nothing(client, sent, body):
    answer = client.post(path_of(sent, "brevo"), body, content_type="application/json")
    assert answer.status_code in (204, 400)
    assert receipt(sent) in ("", "undelivered")


def test_a_receipt_settles_an_uncertain_message(client, sent):
    Message.objects.filter(pk=sent.pk).update(status="uncertain", provider_id="")
    as_json(client, path_of(sent, "brevo"), {"msg_status": "delivered"})
    sent.refresh_from_db()
    assert (sent.status, sent.receipt) == ("sent", "delivered")


@pytest.mark.parametrize("url", ["apprise+json://x/{to}", "ovh://a:b@c", "console://", ""])
def test_a_provider_that_does_not_ask_is_given_no_address(sent, settings, url):
    settings.SMS_URL = url
    assert callback_url(sent) == ""


def test_no_address_is_given_that_could_not_be_reached(sent, settings):
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert callback_url(sent) == ""
    assert message_of("twilio", "nonsense") is None


def basic():
    secret = django_settings.ANYMAIL["WEBHOOK_SECRET"]
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def brevo_event(client, event, headers=None):
    body = {
        "event": event,
        "email": "julie@patiente.example",
        "message-id": "<id-1>",
        "ts_epoch": 1,
    }
    return client.post(
        "/hooks/email/brevo/", json.dumps(body), content_type="application/json",
        headers=basic() if headers is None else headers,
    )  # fmt: skip


@pytest.fixture
def mailed(sent):
    Message.objects.filter(pk=sent.pk).update(
        channel="email", provider_id="<id-1>", to="julie@patiente.example"
    )
    return sent


def test_an_email_that_bounced_is_marked_on_the_record(client, mailed):
    assert brevo_event(client, "hard_bounce").status_code == 200
    assert receipt(mailed) == "undelivered"
    mailed.patient.refresh_from_db()
    assert mailed.patient.email_is_undeliverable
    mailed.patient.email = "autre@patiente.example"
    assert not mailed.patient.email_is_undeliverable


def test_one_called_spam_too_and_a_delivered_one_not(client, mailed):
    brevo_event(client, "delivered")
    assert receipt(mailed) == "delivered"
    mailed.patient.refresh_from_db()
    assert not mailed.patient.email_is_undeliverable
    brevo_event(client, "spam")
    mailed.patient.refresh_from_db()
    assert mailed.patient.email_is_undeliverable


def test_without_the_secret_nobody_is_believed(client, mailed):
    assert brevo_event(client, "hard_bounce", headers={}).status_code == 400
    assert receipt(mailed) == ""


def test_the_addresses_are_printed(capsys):
    call_command("hooks")
    printed = capsys.readouterr().out
    assert f"{BASE}/hooks/sms/ovh/account/{account_token('ovh')}/" in printed
    assert "@maia.example/hooks/email/brevo/" in printed
