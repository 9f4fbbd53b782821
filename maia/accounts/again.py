"""Signed in again before what matters: how lately she was, and where she is asked."""

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.utils.http import urlencode

LATELY = 15 * 60  # seconds


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this session has shown a password, a code or a factor in the last quarter of an
    hour. No query."""
    records = get_authentication_records(request, request.user)
    return time.time() - max((record["at"] for record in records), default=0.0) < LATELY


def where_to_sign_in_again(request: HttpRequest, after: str) -> str:
    """The page that asks her, and leads to ``after``."""
    url = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: after})}"
