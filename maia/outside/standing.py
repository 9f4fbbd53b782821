"""Where this Maia stands: on somebody's own computer, for a try, or where patients come."""

from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_trial(base_url: str = "") -> bool:
    """On one's own computer, or under a name that no network can have: nobody else comes."""
    name = urlsplit(base_url or settings.BASE_URL).hostname or ""
    return name in LOOPBACK or name.endswith((".test", ".localhost"))
