"""Whether what Maia needs answers: its database, its mail server, its SMS provider. No message leaves.

In words for the operator, each within `SECONDS`.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import urllib3
from django.conf import settings
from django.core.mail import get_connection
from django.db import Error, connections

from maia.config.email import only_prints
from maia.messaging.sms.channel import sms_channel

SECONDS = 10
# Providers by HTTPS: a question that costs nothing and sends nothing.
_EMAIL_QUESTIONS: dict[str, Callable[[], tuple[str, dict[str, str]]]] = {
    "brevo": lambda: (
        "https://api.brevo.com/v3/account",
        {"api-key": settings.ANYMAIL.get("BREVO_API_KEY", "")},
    ),
    "mailjet": lambda: (
        "https://api.mailjet.com/v3/REST/sender",
        urllib3.make_headers(
            basic_auth=f"{settings.ANYMAIL.get('MAILJET_API_KEY')}:"
            f"{settings.ANYMAIL.get('MAILJET_SECRET_KEY')}"
        ),
    ),
}


@dataclass(frozen=True)
class Answer:
    what: str
    good: bool
    words: str


def ask_all() -> Iterator[Answer]:
    for alias in settings.DATABASES:
        yield _database(alias)
    yield _email()
    yield _sms()


def _database(alias: str) -> Answer:
    what = "database" if alias == "default" else alias
    connection = connections[alias]
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"].setdefault("connect_timeout", SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        version = ".".join(map(str, connection.get_database_version()))
    except Error as error:
        return Answer(what, False, f"does not answer: {str(error).strip().splitlines()[0]}")
    return Answer(what, True, f"{connection.display_name} {version}")


def _email() -> Answer:
    backend, what = settings.EMAIL_BACKEND, "email"
    if only_prints(backend) or not backend.startswith(("django.", "anymail.")):
        return Answer(what, True, "no mail server is named (MAIA_EMAIL_URL)")
    if backend.startswith("anymail."):
        name = backend.split(".")[2]
        if name not in _EMAIL_QUESTIONS:
            return Answer(what, True, f"{name} is not asked: maia test-email ADDRESS")
        return _asked(what, *_EMAIL_QUESTIONS[name]())
    try:
        connection = get_connection(timeout=SECONDS)
        connection.open()
        connection.close()
    except (OSError, ValueError) as error:
        return Answer(what, False, mail_words(error))
    return Answer(what, True, f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} takes our sign-in")


def _sms() -> Answer:
    if not settings.SMS_URL or settings.SMS_URL.startswith(("console:", "mailbox:")):
        return Answer("SMS", True, "no provider is named (MAIA_SMS_URL)")
    question = getattr(sms_channel(), "question", None)
    if question is None:
        return Answer("SMS", True, "this provider is not asked: maia test-sms NUMBER")
    return _asked("SMS", *question())


def _asked(what: str, url: str, headers: dict[str, str]) -> Answer:
    try:
        with urllib3.PoolManager() as pool:
            status = pool.request(
                "GET", url, headers=headers, timeout=SECONDS, retries=False, redirect=False
            ).status
    except urllib3.exceptions.HTTPError as error:
        return Answer(what, False, f"the provider does not answer ({type(error).__name__})")
    if status in (401, 403):
        return Answer(what, False, f"the provider refuses this account (http {status})")
    if status >= 500:
        return Answer(what, False, f"the provider does not work at the moment (http {status})")
    return Answer(what, True, "the provider knows this account")


def mail_words(error: Exception) -> str:
    """What a mail server's failure is about, for who set it up."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"{where} refuses the user or the password ({error.smtp_code})"
        case smtplib.SMTPSenderRefused():
            return f"{where} does not let {settings.DEFAULT_FROM_EMAIL} send ({error.smtp_code}): MAIA_FROM_EMAIL"
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return f"{where} refuses that address ({code} {_text(text)})"
        case smtplib.SMTPResponseException():
            return f"{where} says {error.smtp_code} {_text(error.smtp_error)}"
        case ssl.SSLError():
            return f"{where} has no certificate that can be trusted, or speaks no TLS there"
        case smtplib.SMTPException():
            return f"{where} does not do what it was asked: {error}"
        case TimeoutError():
            return f"{where} does not answer"
    return f"{where} cannot be reached: {getattr(error, 'strerror', None) or error}"


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
