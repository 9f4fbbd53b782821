"""Providers by HTTPS. Each takes its account from `MAIA_SMS_URL` (docs/operators-settings.md has examples).

`?base=` replaces a provider's own address: a proxy, or a test's server. `question` is what tells an
operator whether the account works, and sends nothing.
"""

import hashlib
import json
import time

import urllib3

from maia.messaging.http import post
from maia.messaging.sms.channel import SmsUrl
from maia.practices.sms import measure


class Ovh:
    """`ovh://APPLICATION_KEY:APPLICATION_SECRET@SERVICE?consumer=CONSUMER_KEY`"""

    def __init__(self, url: SmsUrl) -> None:
        self.key, self.secret, self.service = url.user, url.password, url.host
        self.consumer = url.options.get("consumer", "")
        self.base = url.options.get("base", "https://eu.api.ovh.com/1.0")

    def question(self) -> tuple[str, dict[str, str]]:
        return f"{self.base}/auth/time", {"X-Ovh-Application": self.key}

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        body = json.dumps(
            {
                "receivers": [to],
                "message": text,
                "charset": "UTF-8",
                "coding": "7bit" if measure(text).is_gsm else "8bit",
                "noStopClause": True,  # an appointment is no advertisement
                "priority": "high",
                **({"sender": sender} if sender else {"senderForResponse": True}),
            }
        )
        url = f"{self.base}/sms/{self.service}/jobs"
        now = str(int(time.time()))
        signed = "+".join([self.secret, self.consumer, "POST", url, body, now])
        answer = post(
            url,
            body=body.encode(),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-Ovh-Application": self.key,
                "X-Ovh-Consumer": self.consumer,
                "X-Ovh-Timestamp": now,
                # Their scheme (API authentication, "$1$").
                "X-Ovh-Signature": "$1$" + hashlib.sha1(signed.encode()).hexdigest(),  # noqa: S324
            },
        )
        ids = answer.get("ids") or [""]
        return str(ids[0])


class Brevo:
    """`brevo://API_KEY@`"""

    def __init__(self, url: SmsUrl) -> None:
        self.key = url.user
        self.sender = url.options.get("sender", "Maia")  # they want one
        self.base = url.options.get("base", "https://api.brevo.com/v3")

    def question(self) -> tuple[str, dict[str, str]]:
        return f"{self.base}/account", {"api-key": self.key}

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        answer = post(
            f"{self.base}/transactionalSMS/sms",
            data={
                "type": "transactional",
                "sender": sender or self.sender,
                "recipient": to.removeprefix("+"),
                "content": text,
                "unicodeEnabled": not measure(text).is_gsm,
                **({"webUrl": callback} if callback else {}),
            },
            headers={"api-key": self.key},
        )
        return str(answer.get("messageId", ""))


class Octopush:
    """`octopush://API_LOGIN:API_KEY@`"""

    def __init__(self, url: SmsUrl) -> None:
        self.login, self.key = url.user, url.password
        self.sender = url.options.get("sender", "")
        self.base = url.options.get("base", "https://api.octopush.com/v1/public")

    def question(self) -> tuple[str, dict[str, str]]:
        return f"{self.base}/wallet/check-balance", {"api-login": self.login, "api-key": self.key}

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        answer = post(
            f"{self.base}/sms-campaign/send",
            data={
                "recipients": [{"phone_number": to}],
                "text": text,
                "type": "sms_premium",
                "purpose": "alert",
                "sender": sender or self.sender,
                "with_replies": False,
            },
            headers={"api-login": self.login, "api-key": self.key},
        )
        return str(answer.get("sms_ticket", ""))


class Smsmode:
    """`smsmode://API_KEY@`"""

    def __init__(self, url: SmsUrl) -> None:
        self.key = url.user
        self.sender = url.options.get("sender", "")
        self.base = url.options.get("base", "https://rest.smsmode.com/sms/v1")

    def question(self) -> tuple[str, dict[str, str]]:
        return f"{self.base}/messages", {"X-Api-Key": self.key}

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        shown = sender or self.sender
        answer = post(
            f"{self.base}/messages",
            data={
                "recipient": {"to": to.removeprefix("+")},
                "body": {"text": text},
                **({"from": shown} if shown else {}),
                **({"callbackUrlStatus": callback} if callback else {}),
            },
            headers={"X-Api-Key": self.key},
        )
        return str(answer.get("messageId", ""))


class Twilio:
    """`twilio://ACCOUNT_SID:AUTH_TOKEN@?from=+33644600000`"""

    def __init__(self, url: SmsUrl) -> None:
        self.account, self.token = url.user, url.password
        self.number = url.options.get("from", "").replace(" ", "+")  # a plus unescaped in a URL
        self.base = url.options.get("base", "https://api.twilio.com/2010-04-01")

    def question(self) -> tuple[str, dict[str, str]]:
        url = f"{self.base}/Accounts/{self.account}.json"
        return url, urllib3.make_headers(basic_auth=f"{self.account}:{self.token}")

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        answer = post(
            f"{self.base}/Accounts/{self.account}/Messages.json",
            fields={
                "To": to,
                "From": sender or self.number,
                "Body": text,
                **({"StatusCallback": callback} if callback else {}),
            },
            headers=urllib3.make_headers(basic_auth=f"{self.account}:{self.token}"),
        )
        return str(answer.get("sid", ""))
