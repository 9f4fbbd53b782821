"""The websites that may show a practice's booking page in a frame (rule 3.11).

People paste what their browser shows them; what is kept is an origin: scheme, name and port.
"""

import ipaddress
import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList

LOCAL = ("localhost", "127.0.0.1")  # a webmaster's own computer
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def parse_origin(text: str) -> str:
    """``https://name[:port]`` from an address as people paste it; ``*.name`` for all that is under
    a name of one's own. Raises `ValidationError` in words."""
    text = text.strip().strip("«»\"'<> ").lower()
    if "://" not in text:
        text = f"{'http' if _is_local(text) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise _not_an_address() from None
    if parts.scheme not in ("http", "https") or parts.username is not None:
        raise _not_an_address()
    if parts.scheme == "http" and name not in LOCAL:
        raise ValidationError(
            _(
                "The website must be served over https://. If it is, write its address that way; "
                "else ask its host for a certificate, which is free."
            ),
            code="not_https",
        )
    if name not in LOCAL:
        name = _checked_name(name)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + (f":{port}" if port not in (None, usual) else "")


def frame_sources(origins: Iterable[str]) -> list[str]:
    """What `frame-ancestors` lists for those origins: a site and its `www.` are one site."""
    return sorted({source for origin in origins for source in (origin, *_twin(origin))})


def _checked_name(name: str) -> str:
    wildcard = name.startswith("*.")
    try:
        bare = name.removeprefix("*.").rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        raise _not_an_address() from None
    labels = bare.split(".")
    enough = len(labels) >= (1 if wildcard else 2)
    if not enough or not all(_LABEL.fullmatch(label) for label in labels):
        raise _not_an_address()
    if _is_ip(bare):
        raise ValidationError(_("Write the website's name, not a number."), code="number")
    if _suffixes().publicsuffix(bare) == bare:
        raise ValidationError(
            _("“%(name)s” is shared by many websites: write the whole name of yours."),
            code="public_suffix",
            params={"name": name},
        )
    return f"*.{bare}" if wildcard else bare


def _twin(origin: str) -> list[str]:
    """The same site with `www.`, or without: its owner has both names."""
    scheme, _separator, rest = origin.partition("://")
    name, colon, port = rest.partition(":")
    bare = name.removeprefix("www.")
    if name.startswith("*.") or _suffixes().privatesuffix(bare) != bare:
        return []
    twin = bare if name.startswith("www.") else f"www.{bare}"
    return [f"{scheme}://{twin}{colon}{port}"]


def _is_local(text: str) -> bool:
    return re.split(r"[:/?#]", text)[0] in LOCAL


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _not_an_address() -> ValidationError:
    return ValidationError(
        _("This is not the address of a website. For instance: https://www.mon-site.fr"),
        code="not_an_address",
    )


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
