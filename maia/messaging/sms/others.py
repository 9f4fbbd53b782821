"""The terminal, for who tries Maia; and apprise, for every provider that has no adapter here."""

import sys

from apprise import Apprise

from maia.messaging.failures import AnswerLost, TemporaryFailure
from maia.messaging.sms.channel import SmsUrl


class Console:
    """`console://` writes it down for whoever sits there. Not for production: logs keep it."""

    def __init__(self, url: SmsUrl) -> None:
        pass

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        sys.stdout.write(f"SMS to {to} from {sender or '-'}: {text}\n")
        sys.stdout.flush()
        return ""


class ByApprise:
    """Any of apprise's SMS addresses, `{to}` where the number goes.

    It says yes or no, never why and never an id, so a no is uncertain: part of it may have gone.
    """

    def __init__(self, url: SmsUrl) -> None:
        self.url = url.whole.removeprefix("apprise+")

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        courier = Apprise()
        if "{to}" not in self.url or not courier.add(self.url.replace("{to}", to)):
            raise TemporaryFailure("MAIA_SMS_URL")  # the operator puts it right, then it goes
        if not courier.notify(body=text):
            raise AnswerLost("apprise")
        return ""
