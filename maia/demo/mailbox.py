"""Keeps emails and SMS for `/demo/messages/` instead of sending them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from maia.demo.models import Mail
from maia.messaging.sms.channel import SmsUrl


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            raw = email.message().as_bytes()
            Mail.objects.bulk_create(Mail(to=to, raw=raw) for to in email.recipients())
        return len(email_messages)


class SmsMailbox:
    """An SMS, kept as a letter of one line: one list shows both."""

    def __init__(self, url: SmsUrl) -> None:
        pass

    def send(self, to: str, text: str, *, sender: str = "", callback: str = "") -> str:
        letter = EmailMessage(subject="SMS", body=text, from_email=sender or "Maia", to=[to])
        return str(Mail.objects.create(to=to, raw=letter.message().as_bytes()).pk)
