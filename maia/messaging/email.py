"""The email channel: hands letters to the mail server, and says what kind of failure it met."""

import select
import smtplib
from contextlib import suppress
from email.utils import formataddr, parseaddr
from typing import Any

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from anymail.message import AnymailStatus
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from maia.messaging.failures import AnswerLost, MailboxRefused, PermanentFailure, TemporaryFailure
from maia.messaging.http import failure_of, refuse_unless_taken
from maia.messaging.letters import Letter
from maia.messaging.models import Message


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


class Mailer:
    """One connection to the mail server, opened when there is a letter and kept for the next."""

    def __init__(self) -> None:
        self._connection: Any = None

    def send(self, message: Message, letter: Letter, to: str) -> str:
        """The provider's id, if it gives one.

        Raises `TemporaryFailure`, `PermanentFailure`, or `AnswerLost` when it may have gone.
        """
        email = _email(message, letter, to)
        self._open()
        email.connection = self._connection
        try:
            email.send()
        except Exception as error:
            self.close()
            raise _failure(error) from error
        status = getattr(email, "anymail_status", None)
        return str(status.message_id or "") if isinstance(status, AnymailStatus) else ""

    def close(self) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):  # it has answered already
                self._connection.close()
        self._connection = None

    def _open(self) -> None:
        if self._connection is not None and not _answers(self._connection):
            self.close()
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (OSError, smtplib.SMTPException, AnymailError) as error:
                raise TemporaryFailure(_code(error)) from error
            self._connection = connection


def _answers(connection: Any) -> bool:
    """Whether a mail server still listens: found out before anything is at stake.

    One that has hung up, or that says that it will, has made its line readable between two letters.
    """
    server = getattr(connection, "connection", None)
    if not isinstance(server, smtplib.SMTP):
        return True
    return server.sock is not None and not select.select([server.sock], [], [], 0)[0]


def _email(message: Message, letter: Letter, to: str) -> EmailMultiAlternatives:
    practice = message.practice
    email = EmailMultiAlternatives(
        subject=_one_line(letter.subject),
        body=letter.text,
        from_email=formataddr((_one_line(practice.name), sender_address())),
        to=[to],
        reply_to=[practice.email] if practice.email else [],
        # The same on every try, so that a mail server may drop a second copy.
        headers={"Message-ID": f"<{message.key.replace(':', '.')}@{_host()}>"},
    )
    email.attach_alternative(letter.html, "text/html")
    if letter.calendar is not None:
        kind = f"text/calendar; charset=utf-8; method={letter.method}"
        email.attach("rendez-vous.ics", letter.calendar.decode(), kind)
    return email


def _one_line(text: str) -> str:
    """Forms take no line breaks; whatever else wrote a name, it adds no header."""
    return " ".join(text.splitlines())


def _failure(error: Exception) -> Exception:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code = max(code for code, _ in error.recipients.values())
            return (MailboxRefused if code >= 500 else TemporaryFailure)(f"smtp {code}")
        case smtplib.SMTPResponseException():
            kind = PermanentFailure if error.smtp_code >= 500 else TemporaryFailure
            return kind(f"smtp {error.smtp_code}")
        case AnymailRecipientsRefused():
            return MailboxRefused("refused")
        case AnymailRequestsAPIError() if error.status_code:
            try:
                refuse_unless_taken(error.status_code)
            except (TemporaryFailure, PermanentFailure, AnswerLost) as failure:
                return failure
            return AnswerLost(_code(error))
        case requests.RequestException():
            cause = error.args[0] if error.args else error
            return failure_of(getattr(cause, "reason", None) or cause)
        case smtplib.SMTPServerDisconnected() | OSError():
            return AnswerLost(_code(error))
        case AnymailError() | ValueError():  # nothing left: a header or a setting is wrong
            return PermanentFailure(_code(error))
    return AnswerLost(_code(error))


def _code(error: Exception) -> str:
    # The class, never the text: servers repeat the address in it.
    return type(error).__name__


def _host() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
