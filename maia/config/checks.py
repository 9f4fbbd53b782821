"""What `maia check --deploy` refuses, and `maia serve` with it: settings that leak or lose."""

import stat
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from maia.config.email import only_prints
from maia.outside.standing import is_trial

# Of a secret key that stood in the repository once, where everybody could read it.
PUBLISHED_KEY = "53fffe1ab6690014f4ef4c6dd505867eb74f2c63ab02481ac231a7e992005154"


@register(Tags.security)
def where_patients_come(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Asked before every command that acts, whoever starts it: serve, worker, and all that ask for
    Django's checks. On one's own computer only `maia check --deploy` asks."""
    return [] if is_trial() else [one for one in _problems() if one.level >= checks.ERROR]


@register(Tags.security)
def names(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A typo in a name leaves a default where the operator believes what she wrote."""
    kind, code = (checks.Warning, "maia.W003") if is_trial() else (Error, "maia.E011")
    return [kind(said, id=code) for said in settings.UNKNOWN_VARIABLES]


@register(Tags.security, deploy=True)
def production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    said = {one.id for one in where_patients_come(None)}
    return [one for one in _problems() if one.id not in said]


def _problems() -> Iterator[CheckMessage]:
    url = urlsplit(settings.BASE_URL)
    if url.scheme != "https":
        yield Error(
            "MAIA_BASE_URL does not start with https://.",
            hint="Patients' data and sign-ins would travel in clear.",
            id="maia.E001",
        )
    if url.path or url.query:
        yield Error("MAIA_BASE_URL has a path: Maia stands at the root of a name.", id="maia.E002")
    if settings.DEMO:
        yield Error(
            "MAIA_DEMO is on: everybody reads every message, and signs in as everybody.",
            id="maia.E003",
        )
    for name, key in (("SECRET", settings.SECRET_KEY), ("DERIVING", settings.DERIVING_KEY)):
        if len(key) >= 50 and len(set(key)) >= 10:
            continue
        if name == "DERIVING" and key == settings.SECRET_KEY:
            continue
        yield Error(
            f"MAIA_{name}_KEY is short: 50 characters drawn by chance are wanted.",
            hint="Left unset, Maia makes a good one in its data folder.",
            id="maia.E004",
        )
    keys = [settings.SECRET_KEY, settings.DERIVING_KEY, *settings.SECRET_KEY_FALLBACKS]
    if PUBLISHED_KEY in [sha256(key.strip().encode()).hexdigest() for key in keys]:
        yield Error(
            "The secret key is one that was published: everybody can sign in Maia's name.",
            hint="Remove secret_key from the data folder, or MAIA_SECRET_KEY: a new one is made.",
            id="maia.E009",
        )
    if any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        yield Error(
            "MAIA_ALLOWED_HOSTS lets other names in.",
            hint="List each name by itself: a forged one could stand in emails and caches.",
            id="maia.E005",
        )
    if settings.EMAIL_BACKEND.endswith(("mailbox.MailboxBackend", "withheld.Withheld")) or (
        only_prints(settings.EMAIL_BACKEND)
    ):
        yield Error(
            "MAIA_EMAIL_URL is not set: codes and confirmations would reach nobody.",
            id="maia.E006",
        )
    folder = settings.DATA_DIR
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXO:
        yield Error(
            f"Every user of this machine may read {folder}.",
            hint=f"chmod o= {folder}",
            id="maia.E007",
        )
    if bool(settings.TLS_CERTIFICATE) != bool(settings.TLS_KEY):
        yield Error("MAIA_TLS_CERTIFICATE and MAIA_TLS_KEY go together.", id="maia.E008")
    if not settings.TLS_CERTIFICATE and not settings.TRUSTED_PROXIES:
        yield checks.Warning(
            "MAIA_TRUSTED_PROXIES is 0: limits count all patients as one.",
            hint="Behind one proxy, 1.",
            id="maia.W001",
        )
    if settings.SMS_URL.startswith("console:"):
        yield Error(
            "MAIA_SMS_URL is console://: the log would keep patients' numbers and texts.",
            hint="Left unset, no SMS leaves: they are held until a provider is named.",
            id="maia.E010",
        )
    if not settings.SMS_URL:
        yield checks.Warning(
            "MAIA_SMS_URL is not set: no SMS leaves, they are held.", id="maia.W002"
        )
