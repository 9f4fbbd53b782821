"""Keeps emails for `/demo/messages/` instead of sending them."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from maia.demo.models import Mail


class MailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for email in email_messages:
            raw = email.message().as_bytes()
            Mail.objects.bulk_create(Mail(to=to, raw=raw) for to in email.recipients())
        return len(email_messages)
