"""Each provider over real HTTP: what it is asked, and what its answers mean."""

import hashlib

import pytest

from maia.messaging.failures import AnswerLost, PermanentFailure, TemporaryFailure
from maia.messaging.sms.channel import sms_channel
from tests.ports import free_port

pytestmark = pytest.mark.once  # no row is read or written

URLS = {
    "ovh": "ovh://app:s%2Fecret@sms-ab1-1?consumer=ck&base={base}",
    "brevo": "brevo://k%2Bey@?base={base}",
    "octopush": "octopush://me%40x.example:key@?base={base}",
    "smsmode": "smsmode://key@?base={base}",
    "twilio": "twilio://AC1:token@?from=%2B33644600000&base={base}",
}
TO, TEXT = "+33639980001", "Rappel : déjà demain"


@pytest.fixture(params=URLS)
def provider(request, settings, sms):
    settings.SMS_URL = URLS[request.param].format(base=sms.base)
    sms.name = request.param
    return sms


def send(text=TEXT, **options):
    return sms_channel().send(TO, text, **options)


def test_it_is_handed_over_and_gives_an_id(provider):
    assert send(sender="Lilas", callback="https://maia.example/hooks/x") == "id-1"
    (asked,) = provider.taken
    headers, body, path = asked["headers"], asked["body"], asked["path"]
    callback = "https://maia.example/hooks/x"
    match provider.name:
        case "ovh":
            assert path == "/sms/sms-ab1-1/jobs"
            assert (body["receivers"], body["message"], body["sender"]) == ([TO], TEXT, "Lilas")
            assert (body["noStopClause"], body["coding"]) == (True, "7bit")
            assert headers["X-Ovh-Application"] == "app"
            assert headers["X-Ovh-Signature"].startswith("$1$")
            assert len(headers["X-Ovh-Signature"]) == 3 + hashlib.sha1().digest_size * 2
        case "brevo":
            assert headers["api-key"] == "k+ey"
            assert body == {
                "type": "transactional", "sender": "Lilas", "recipient": "33639980001",
                "content": TEXT, "unicodeEnabled": False, "webUrl": callback,
            }  # fmt: skip
        case "octopush":
            assert (headers["api-login"], headers["api-key"]) == ("me@x.example", "key")
            assert body["recipients"] == [{"phone_number": TO}]
            assert (body["text"], body["sender"]) == (TEXT, "Lilas")
        case "smsmode":
            assert headers["X-Api-Key"] == "key"
            assert body == {
                "recipient": {"to": "33639980001"}, "body": {"text": TEXT}, "from": "Lilas",
                "callbackUrlStatus": callback,
            }  # fmt: skip
        case "twilio":
            assert path == "/Accounts/AC1/Messages.json"
            assert headers["authorization"].startswith("Basic ")
            assert body == {
                "To": TO, "From": "Lilas", "Body": TEXT, "StatusCallback": callback,
            }  # fmt: skip


def test_without_a_name_the_accounts_own_is_shown(provider):
    send()
    shown = provider.taken[0]["body"]
    assert {
        "ovh": shown.get("senderForResponse") is True,
        "brevo": shown.get("sender") == "Maia",
        "octopush": shown.get("sender") == "",
        "smsmode": "from" not in shown,
        "twilio": shown.get("From") == "+33644600000",
    }[provider.name]


def test_letters_outside_the_alphabet_are_told(provider):
    send("Ça y est : çà et là")
    body = provider.taken[0]["body"]
    if provider.name == "ovh":
        assert body["coding"] == "8bit"
    if provider.name == "brevo":
        assert body["unicodeEnabled"] is True


@pytest.mark.parametrize(
    ("mood", "failure", "code"),
    [
        ("refuse", PermanentFailure, "http 400"),
        ("broke", TemporaryFailure, "http 402"),
        ("later", TemporaryFailure, "http 503"),
        ("gateway", AnswerLost, "http 504"),
        ("stall", AnswerLost, "ReadTimeoutError"),
        ("cut", AnswerLost, "ProtocolError"),
    ],
)
def test_what_its_answers_mean(provider, mood, failure, code):
    provider.mood = mood
    with pytest.raises(failure, match=f"^{code}$"):
        send()


def test_an_answer_given_twice_is_read_once(provider):
    provider.mood = "twice"
    assert send() == "id-1"
    assert send() == "id-2"


def test_nobody_there_is_certain(settings):
    for name, url in URLS.items():
        settings.SMS_URL = url.format(base=f"http://127.0.0.1:{free_port()}")
        with pytest.raises(TemporaryFailure):
            send()
        assert name


def test_apprise_carries_what_has_no_adapter(settings, sms):
    host = sms.base.removeprefix("http://")
    settings.SMS_URL = f"apprise+json://{host}/{{to}}"
    assert send() == ""
    (asked,) = sms.taken
    assert asked["path"] == f"/{TO}"
    assert asked["body"]["message"] == TEXT
    sms.mood = "refuse"
    with pytest.raises(AnswerLost):
        send()


@pytest.mark.parametrize("url", ["nothing", "json://127.0.0.1/", "unknown://{to}"])
def test_a_setting_that_means_nothing_waits_for_the_operator(settings, url):
    settings.SMS_URL = url
    with pytest.raises(TemporaryFailure, match="MAIA_SMS_URL"):
        send()


def test_the_console_shows_it(settings, capsys):
    settings.SMS_URL = "console://"
    assert send(sender="Lilas") == ""
    assert capsys.readouterr().out == f"SMS to {TO} from Lilas: {TEXT}\n"
