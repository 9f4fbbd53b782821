"""What stands for a mail server where patients come and none was named: it takes nothing."""

from collections.abc import Sequence
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class NoMailServer(OSError):
    """`MAIA_EMAIL_URL` is not set, or names what only prints."""


class Withheld(BaseEmailBackend):
    """Whoever waits for a code is told at once, on the page; no address reaches a log."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise NoMailServer("MAIA_EMAIL_URL is not set")
