"""`MAIA_EMAIL_URL`: a mail server, or a provider's HTTP API through django-anymail."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ

# Scheme: backend, then the settings that user and password are.
_PROVIDERS = {
    "brevo": ("anymail.backends.brevo.EmailBackend", ("BREVO_API_KEY",)),
    "mailjet": ("anymail.backends.mailjet.EmailBackend", ("MAILJET_API_KEY", "MAILJET_SECRET_KEY")),
    "scaleway": (
        "anymail.backends.scaleway.EmailBackend",
        ("SCALEWAY_PROJECT_ID", "SCALEWAY_SECRET_KEY"),
    ),
}


def email_settings(url: str) -> dict[str, Any]:
    """The Django settings that ``url`` stands for. Empty: emails are printed."""
    parts = urlsplit(url)
    if parts.scheme not in _PROVIDERS:
        return _server(url or "consolemail://")
    backend, names = _PROVIDERS[parts.scheme]
    values = (unquote(parts.username or ""), unquote(parts.password or ""))
    options = {name.upper(): value for name, value in parse_qsl(parts.query)}
    return {
        "EMAIL_BACKEND": backend,
        "ANYMAIL": {**dict(zip(names, values, strict=False)), **options},
    }


def _server(url: str) -> dict[str, Any]:
    read = environ.Env.email_url_config(url)
    return {
        "EMAIL_BACKEND": read["EMAIL_BACKEND"],
        "EMAIL_HOST": read["EMAIL_HOST"] or "localhost",
        "EMAIL_PORT": read["EMAIL_PORT"] or 25,
        "EMAIL_HOST_USER": read["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": read["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": read.get("EMAIL_USE_TLS", False),
        "EMAIL_USE_SSL": read.get("EMAIL_USE_SSL", False),
    }
