"""`MAIA_EMAIL_URL` and `MAIA_SMS_URL`: whom they name, and whether what that one needs is there."""

from urllib.parse import parse_qsl, urlsplit

from maia.config.email import PROVIDERS, read_email_url
from maia.config.variables import meant

# What each needs: of the address, and of its options.
_SMS = {
    "ovh": (
        "ovh://APPLICATION_KEY:APPLICATION_SECRET@SERVICE?consumer=CONSUMER_KEY",
        "uph",
        "consumer",
    ),
    "brevo": ("brevo://API_KEY@", "u", ""),
    "octopush": ("octopush://LOGIN:API_KEY@", "up", ""),
    "smsmode": ("smsmode://API_KEY@", "u", ""),
    "twilio": ("twilio://ACCOUNT_SID:AUTH_TOKEN@?from=NUMBER", "up", "from"),
}
_LEAST = 20  # characters of a token
_PRINTED = ("console", "mailbox")
_EMAIL = {
    "brevo": ("brevo://API_KEY@", "u"),
    "mailjet": ("mailjet://API_KEY:SECRET_KEY@", "up"),
    "scaleway": ("scaleway://PROJECT_ID:SECRET_KEY@", "up"),
}
_SERVERS = ("smtp", "smtps", "smtp+tls", "smtp+ssl")
_LOCAL = ("consolemail", "filemail", "memorymail", "dummymail")


def metrics_token(value: str) -> str:
    """``value``. Raises ValueError with what is expected."""
    if len(value) < _LEAST or not value.isascii() or " " in value:
        raise ValueError(f"{_LEAST} characters or more, drawn by chance")
    return value


def email_url(value: str) -> str:
    """``value``. Raises ValueError with what is expected."""
    parts = _split(value, "smtp+tls://user:password@host:587")
    if parts.scheme in _EMAIL:
        shape, needs = _EMAIL[parts.scheme]
        _refuse_lacking(value, shape, needs, "")
    elif parts.scheme in _SERVERS:
        if not parts.hostname:
            raise ValueError("a host: smtp+tls://user:password@host:587")
    elif parts.scheme not in _LOCAL:
        known = (*_SERVERS, *PROVIDERS)
        raise ValueError(f"one of {', '.join(known)}{meant(parts.scheme, known)}")
    read_email_url(value)
    return value


def sms_url(value: str) -> str:
    """``value``. Raises ValueError with what is expected."""
    scheme = value.partition(":")[0]
    if scheme in _SMS:
        _refuse_lacking(value, *_SMS[scheme])
    elif scheme not in _PRINTED and not _apprise_knows(value):
        known = (*_SMS, "console")
        raise ValueError(
            f"one of {', '.join(known)}, or an address of apprise's with {{to}} in it"
            f"{meant(scheme, known)}"
        )
    return value


def _apprise_knows(value: str) -> bool:
    if "://" not in value or "{to}" not in value:
        return False
    from apprise import Apprise  # a second, for who needs it

    return bool(Apprise().add(value.removeprefix("apprise+").replace("{to}", "+33639980100")))


def _refuse_lacking(value: str, shape: str, needs: str, option: str) -> None:
    parts = _split(value, shape)
    there = {"u": parts.username, "p": parts.password, "h": parts.netloc.rpartition("@")[2]}
    if not all(there[need] for need in needs):
        raise ValueError(f"the whole of {shape}")
    if option and not dict(parse_qsl(parts.query)).get(option):
        raise ValueError(f"the whole of {shape}")


def _split(value: str, shape: str):  # type: ignore[no-untyped-def]
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  raises where it is no number
    except ValueError:
        raise ValueError(
            f"an address such as {shape}; special characters are percent-encoded"
        ) from None
    return parts
