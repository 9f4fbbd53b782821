"""Where Maia differs from allauth's defaults."""

import logging
import smtplib
import time
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.accounts import sessions
from maia.accounts.addresses import validated_address
from maia.accounts.codes import make_link_token, may_ask, wants_a_link
from maia.outside.mail import Mail

logger = logging.getLogger("maia.accounts")


# What brings somebody a code, or tells her that there is no account.
CODES = {
    f"account/email/{name}"
    for name in (
        *("login_code", "unknown_account", "email_confirmation", "email_confirmation_signup"),
        "account_already_exists",
    )
}


class Site(NamedTuple):
    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Try again in five minutes, or ask for a code by email."
        ),
        "rate_limited": gettext_lazy("That was often in a short time. Try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        # A patient registers on a practice's booking page, if that practice allows it.
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Whose computer it is outlives the session of who was signed in before."""
        borrowed = sessions.is_borrowed(request.session)
        super().login(request, user)
        if borrowed:
            sessions.mark(request.session, sessions.Lasting.BORROWED, now=timezone.now())

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Of a code that was guessed at too often allauth says what it says of a password: to try
        again later. A new one opens at once."""
        if message == self.error_messages["too_many_login_attempts"]:
            message = _(
                "Too many wrong tries: this code is void. Ask for a new one, it works at once."
            )
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def clean_email(self, email: str) -> str:
        """What allauth's own forms were given: another address for an account."""
        return validated_address(super().clean_email(email))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the operator's outermost proxy saw; what stands left of it is hearsay.

        Empty when there is none (a server on a socket).
        """
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        trusted = settings.TRUSTED_PROXIES
        address = (
            seen[-trusted] if 0 < trusted <= len(seen) else request.META.get("REMOTE_ADDR", "")
        )
        try:
            return str(ip_address(address.strip().strip("[]")))
        except ValueError:
            return ""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just shown a password, a code or a factor is not asked again.

        allauth asks nothing of who has neither password nor second factor; we ask for a new
        code, or a telephone left on a table is enough to add a passkey to her account."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        user = self.request.user
        shown = [record["at"] for record in get_authentication_records(self.request, user)]
        if time.time() - max(shown, default=0) <= REAUTHENTICATION_TIMEOUT:
            return False
        if not get_reauthentication_flows(user):
            raise ReauthenticationRequired  # to the first of the methods below
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who signs in by code alone is sent a new one."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return methods or [{"id": "code", "description": "", "url": reverse("account_again")}]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address, whatever name the request was for."""
        uidb36, _separator, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.BASE_URL}{path}"

    def render_mail(self, *args: Any, **kwargs: Any) -> Mail:
        """With the headers of every email of Maia's."""
        return Mail.of(super().render_mail(*args, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code is waited for: when the mail server is away, she is told so at once."""
        if template_prefix in CODES:
            context |= self._code_or_link(template_prefix, email)
        # Else the name of the site is the one that the request was for, whoever made it up.
        ours = {"current_site": Site("Maia", urlsplit(settings.BASE_URL).netloc)}
        try:
            super().send_mail(template_prefix, email, context | ours)
        except (OSError, smtplib.SMTPException) as error:
            logger.error("sign-in email not sent", extra={"error": type(error).__name__})
            page = render(self.request, "account/mail_away.html", status=503)
            raise ImmediateHttpResponse(page) from error

    def _code_or_link(self, template_prefix: str, email: str) -> dict[str, str]:
        """So many emails an hour and a day to one address, from whatever form they are asked."""
        now = timezone.now()
        if not may_ask(email, now=now):
            raise ImmediateHttpResponse(respond_429(self.request))
        if template_prefix != "account/email/login_code" or not wants_a_link(email, now=now):
            return {}
        path = reverse("account_sign_in_link", args=[make_link_token(email)])
        return {"link": f"{settings.BASE_URL}{path}"}
