"""`MAIA_EMAIL_URL`: a mail server, or a provider's HTTP API through django-anymail."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ

# Scheme: backend, then the settings that user and password are.
PROVIDERS = {
    "brevo": ("anymail.backends.brevo.EmailBackend", ("BREVO_API_KEY",)),
    "mailjet": ("anymail.backends.mailjet.EmailBackend", ("MAILJET_API_KEY", "MAILJET_SECRET_KEY")),
    "scaleway": (
        "anymail.backends.scaleway.EmailBackend",
        ("SCALEWAY_PROJECT_ID", "SCALEWAY_SECRET_KEY"),
    ),
}


def read_email_url(url: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Django's settings that ``url`` stands for, and anymail's. Empty: emails are printed."""
    parts = urlsplit(url)
    if parts.scheme not in PROVIDERS:
        return environ.Env.email_url_config(url or "consolemail://"), {}
    backend, names = PROVIDERS[parts.scheme]
    values = (unquote(parts.username or ""), unquote(parts.password or ""))
    options = {name.upper(): value for name, value in parse_qsl(parts.query)}
    return {"EMAIL_BACKEND": backend}, {**dict(zip(names, values, strict=False)), **options}


def only_prints(backend: str) -> bool:
    """Whether nothing that is handed to ``backend`` ever leaves this machine."""
    return backend.startswith("django.core.mail.backends.") and not backend.endswith(
        "smtp.EmailBackend"
    )
