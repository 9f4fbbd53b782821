"""The email channel: hands one letter to the mail server, and says what kind of failure it met."""

import smtplib
from contextlib import suppress
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from maia.messaging.failures import AnswerLost, PermanentFailure, TemporaryFailure
from maia.messaging.letters import Letter
from maia.messaging.models import Message


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def send_email(message: Message, letter: Letter, to: str) -> None:
    """Raises `TemporaryFailure`, `PermanentFailure`, or `AnswerLost` when it may have gone."""
    practice = message.practice
    email = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((practice.name, sender_address())),
        to=[to],
        reply_to=[practice.email] if practice.email else [],
        # The same on every try, so that a mail server may drop a second copy.
        headers={"Message-ID": f"<{message.key.replace(':', '.')}@{_host()}>"},
    )
    email.attach_alternative(letter.html, "text/html")
    if letter.calendar is not None:
        kind = f"text/calendar; charset=utf-8; method={letter.method}"
        email.attach("rendez-vous.ics", letter.calendar.decode(), kind)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryFailure(_code(error)) from error
    try:
        email.connection = connection
        email.send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        raise (PermanentFailure if code >= 500 else TemporaryFailure)(f"smtp {code}") from error
    except smtplib.SMTPResponseException as error:
        kind_of = PermanentFailure if error.smtp_code >= 500 else TemporaryFailure
        raise kind_of(f"smtp {error.smtp_code}") from error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise AnswerLost(_code(error)) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):  # it has answered already
            connection.close()


def _code(error: Exception) -> str:
    # The class, never the text: servers repeat the address in it.
    return type(error).__name__


def _host() -> str:
    return sender_address().rpartition("@")[2] or "localhost"
