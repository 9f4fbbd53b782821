"""The email channel: hands letters to the mail server, and says what kind of failure it met."""

import select
import smtplib
import ssl
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

import requests
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailStatus
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.message import sanitize_address

from maia.messaging.answers import Stage, failure_of_answer, is_about_sender
from maia.messaging.failures import (
    AccountRefused,
    AnswerLost,
    MailboxRefused,
    PermanentFailure,
    TemporaryFailure,
)
from maia.messaging.http import failure_of, refuse_unless_taken
from maia.messaging.letters import Letter
from maia.messaging.models import Message
from maia.messaging.smtp import hand_over
from maia.outside.mail import Mail, host, with_name


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
        try:
            server = getattr(self._connection, "connection", None)
            if isinstance(server, smtplib.SMTP):
                content = email.message().as_bytes(linesep="\r\n")
                sender = sanitize_address(sender_address(), "utf-8")
                hand_over(server, sender, sanitize_address(to, "utf-8"), content)
            else:
                email.connection = self._connection
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
            except Exception as error:  # whatever it is, nothing has left
                raise _unopened(error) from error
            self._connection = connection


def _unopened(error: Exception) -> Exception:
    """Away, or it will not have who sends: both are the operator's, and worth another try."""
    match error:
        case smtplib.SMTPAuthenticationError():
            text = error.smtp_error
            words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            return failure_of_answer(Stage.AUTH, error.smtp_code, words)
        case smtplib.SMTPResponseException():
            return failure_of_answer(Stage.GREETING, error.smtp_code, "")
        case smtplib.SMTPServerDisconnected() | TimeoutError() | ConnectionError():
            return TemporaryFailure(_code(error))
        case ssl.SSLError() | smtplib.SMTPException() | AnymailError() | ValueError():
            return AccountRefused(_code(error))  # a certificate, a method or a setting is wrong
    return TemporaryFailure(_code(error))


def _answers(connection: Any) -> bool:
    """Whether a mail server still listens: found out before anything is at stake.

    One that has hung up, or that says that it will, has made its line readable between two letters.
    """
    server = getattr(connection, "connection", None)
    if not isinstance(server, smtplib.SMTP):
        return True
    return server.sock is not None and not select.select([server.sock], [], [], 0)[0]


def _email(message: Message, letter: Letter, to: str) -> Mail:
    practice = message.practice
    email = Mail(
        subject=letter.subject,
        body=letter.text,
        from_email=with_name(practice.name, sender_address()),
        to=[to],
        reply_to=[practice.email] if practice.email else [],
        # The same on every try, so that a mail server may drop a second copy.
        headers={"Message-ID": f"<{message.key.replace(':', '.')}@{host()}>"},
    )
    email.attach_alternative(letter.html, "text/html")
    if letter.calendar is not None:
        kind = f"text/calendar; charset=utf-8; method={letter.method}"
        email.attach("rendez-vous.ics", letter.calendar.decode(), kind)
    return email


def _failure(error: Exception) -> Exception:
    """Of a provider's interface. A mail server's answers are read in `smtp`."""
    match error:
        case TemporaryFailure() | PermanentFailure() | AnswerLost():
            return error
        case AnymailRecipientsRefused():
            return _of_recipient(error)
        case AnymailRequestsAPIError() if error.status_code:
            return _of_status(error)
        case AnymailConfigurationError():
            return AccountRefused(_code(error))
        case requests.RequestException():
            cause = error.args[0] if error.args else error
            return failure_of(getattr(cause, "reason", None) or cause)
        case smtplib.SMTPException() | OSError():
            return AnswerLost(_code(error))
        case AnymailError() | ValueError():  # nothing left: a header is wrong
            return PermanentFailure(_code(error))
    return AnswerLost(_code(error))


def _of_recipient(error: AnymailRecipientsRefused) -> Exception:
    """An address that is none is hers; one that the provider would not have, perhaps not."""
    status = getattr(getattr(error, "email_message", None), "anymail_status", None)
    said = {one.status for one in status.recipients.values()} if status else set()
    return MailboxRefused("invalid") if said == {"invalid"} else PermanentFailure("refused")


def _of_status(error: AnymailRequestsAPIError) -> Exception:
    try:
        refuse_unless_taken(error.status_code)
    except PermanentFailure as failure:
        words = str(getattr(error.response, "text", ""))[:4000]
        return AccountRefused(str(failure)) if is_about_sender(words) else failure
    except (TemporaryFailure, AnswerLost) as failure:
        return failure
    return AnswerLost(_code(error))


def _code(error: Exception) -> str:
    # The class, never the text: servers repeat the address in it.
    return type(error).__name__
