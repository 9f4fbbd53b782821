"""Secrets that are shown again and again (addresses of calendars, secrets of webhooks) are derived
from one key, and kept nowhere. That key outlives a change of the one that signs: see the guide."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def derived(salt: str, value: str, *, algorithm: str = "sha256") -> bytes:
    return salted_hmac(salt, value, secret=settings.DERIVING_KEY, algorithm=algorithm).digest()
