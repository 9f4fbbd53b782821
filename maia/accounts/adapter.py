"""Where Maia differs from allauth's defaults."""

import logging
import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render

logger = logging.getLogger("maia.accounts")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # A patient registers on a practice's booking page, if that practice allows it.
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code is waited for: when the mail server is away, she is told so at once."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            logger.error("sign-in email not sent", extra={"error": type(error).__name__})
            page = render(self.request, "account/mail_away.html", status=503)
            raise ImmediateHttpResponse(page) from error
