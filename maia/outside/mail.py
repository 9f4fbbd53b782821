"""Every email of Maia's, whoever writes it: the headers that all of them have, as they travel.

Python's own folding makes one encoded word of a long name, which RFC 2047 bounds at 75 characters,
and leaves the first line of a header empty when a word does not fit on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.charset import Charset
from email.header import Header
from email.utils import formataddr, make_msgid, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

# Written by a program: nobody's holiday answer comes back (RFC 3834, and what Exchange reads).
BY_A_PROGRAM = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
_LINE = 76  # a space, and an encoded word of 75
_LONGEST_WORD = 60  # of plain letters: a longer one is encoded, so that it can be cut
_UTF8 = Charset("utf-8")


@dataclass(frozen=True)
class _Written:
    """A header's value that is folded already: what writes it asks for no more than this."""

    text: str

    def encode(self, *, linesep: str, maxlinelen: int) -> str:
        return self.text.replace("\n", linesep)

    def __str__(self) -> str:
        return self.text


class Mail(EmailMultiAlternatives):
    """``headers`` are more than those of every email."""

    def __init__(self, *args: Any, headers: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        own = {"Message-ID": make_msgid(domain=host()), **BY_A_PROGRAM}
        super().__init__(*args, headers=own | dict(headers or {}), **kwargs)
        self.subject = one_line(self.subject)

    def message(self, **kwargs: Any) -> Any:
        made: Any = super().message(**kwargs)
        name, address = parseaddr(self.extra_headers.get("From", self.from_email))
        written = {
            "Subject": _fold("Subject", str(self.subject)),
            "From": _sender(name, address),
            "To": str(made["To"] or ""),  # one address, however long
        }
        # Past Django's look for line breaks, which these may have, and Python's own folding.
        made._headers = [
            (header, _Written(written[header]) if written.get(header) else value)
            for header, value in made._headers
        ]
        return made

    @classmethod
    def of(cls, email: Any) -> "Mail":
        """What another writer has made, with the headers of all."""
        mail = cls(
            subject=email.subject,
            body=email.body,
            from_email=email.from_email,
            to=email.to,
            cc=email.cc,
            bcc=email.bcc,
            reply_to=email.reply_to,
            headers=email.extra_headers,
            attachments=email.attachments,
        )
        for content, mimetype in getattr(email, "alternatives", ()):
            mail.attach_alternative(content, mimetype)
        if not getattr(email, "alternatives", ()):
            mail.content_subtype = email.content_subtype
        return mail


def host() -> str:
    """Ours, as the address that sends says it."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return sender or urlsplit(settings.BASE_URL).hostname or "maia.invalid"


def with_name(name: str, address: str) -> str:
    """As `Mail` takes a sender: the name as it is, encoded only on its way out."""
    escaped = one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>' if escaped else address


def one_line(text: object) -> str:
    """Forms take no line breaks; whatever else wrote a name, it adds no header."""
    return " ".join(str(text).splitlines())


def _sender(name: str, address: str) -> str:
    name = one_line(name)
    if not name:
        return address
    if _is_plain(name) and len(name) + len(address) < _LINE - len("From: <> "):
        return formataddr((name, address))
    return f"{_encode('From', name)}\n <{address}>"


def _fold(header: str, text: str) -> str:
    if _is_plain(text):
        return Header(text, header_name=header, maxlinelen=_LINE).encode(linesep="\n")
    return _encode(header, text)


def _is_plain(text: str) -> bool:
    return (
        text.isascii()
        and "=?" not in text
        and all(len(word) <= _LONGEST_WORD for word in text.split())
    )


def _encode(header: str, text: str) -> str:
    return Header(text, _UTF8, header_name=header, maxlinelen=_LINE).encode(linesep="\n")
