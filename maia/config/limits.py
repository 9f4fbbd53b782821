"""How often one address may ask, page by page (docs/decisions/limits-are-kept-by-each-process.md).

Signing in and its codes are counted by allauth, in the database, by address and by account. What
stands here is against machines that read every slot or fill an agenda: each web process counts for
itself, so that a page of slots costs no write, and a limit is in effect as many times larger as
there are processes.
"""

import ipaddress
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maia.api.problems import too_many

WINDOW = 60  # seconds
# Public pages whose address can be guessed or read by a machine; the others are behind a sign-in.
READS = {
    *("practice", "slots", "confirm", "embed", "elsewhere", "booked_elsewhere", "invitation"),
    *("appointment", "cancel", "move", "move_there", "ics", "feed"),
}
WRITES = {
    *("confirm", "sign_in", "code", "cancel", "move_there", "invitation"),
    *("account_login", "account_request_login_code", "account_confirm_login_code"),
    *("account_sign_in_link", "account_reset_password", "account_email_verification_sent"),
    *("mfa_authenticate", "mfa_login_webauthn"),
}


class LimitsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name == "office":
            return None
        by_script = "api" in match.namespaces
        writes = request.method not in ("GET", "HEAD", "OPTIONS")
        if not by_script and match.url_name not in (WRITES if writes else READS):
            return None
        limit = settings.WRITES_A_MINUTE if writes else settings.READS_A_MINUTE
        # Counted apart: a program that asks too often keeps nobody at its address from signing in.
        counted = f"{'api' if by_script else 'page'}:{'write' if writes else 'read'}"
        if not limit or _count(f"{counted}:{client(request)}") <= limit:
            return None
        answer = too_many() if by_script else render(request, "429.html", status=429)
        answer["Retry-After"] = str(WINDOW)
        return answer


def client(request: HttpRequest) -> str:
    """Whom a limit is for: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    address = get_adapter(request).get_client_ip(request) or ""
    try:
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:
        return ""
    return address


def _count(key: str) -> int:
    counts = caches["process"]
    if counts.add(key, 1, WINDOW):
        return 1
    try:
        return counts.incr(key)
    except ValueError:  # its minute has just ended
        return 1
