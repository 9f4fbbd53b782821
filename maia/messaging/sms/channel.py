"""Which provider, and what each must do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class SmsUrl:
    """`provider://user:password@host?option=value`, taken apart."""

    scheme: str
    user: str
    password: str
    host: str
    options: dict[str, str]
    whole: str

    @classmethod
    def parse(cls, url: str) -> "SmsUrl":
        parts: SplitResult = urlsplit(url)
        return cls(
            scheme=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            # Not `hostname`, which lowers letters: some providers put an account there.
            host=parts.netloc.rpartition("@")[2],
            options=dict(parse_qsl(parts.query)),
            whole=url,
        )


class SmsChannel(Protocol):
    """Raises `TemporaryFailure`, `PermanentFailure`, or `AnswerLost` when it may have gone."""

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        """``to`` is E.164. The provider's id of the message, empty if it gives none.

        ``sender`` is a name to show, empty for the provider's own. ``callback`` is where the
        provider may tell what became of it.
        """


class UnknownProvider(Exception):
    """`MAIA_SMS_URL` names none that Maia knows."""


def sms_channel() -> SmsChannel:
    return _made(settings.SMS_URL)


@cache
def _made(url: str) -> SmsChannel:
    parts = SmsUrl.parse(url)
    path = settings.SMS_PROVIDERS.get(parts.scheme) or settings.SMS_PROVIDERS["apprise"]
    make: Callable[[SmsUrl], SmsChannel] = import_string(path)
    return make(parts)
