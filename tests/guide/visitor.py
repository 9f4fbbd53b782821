"""The world around the machine: who asks over TLS, and the mail server that takes its emails."""

import http.cookies
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import urllib3
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.messaging.smtp import MailServer
from tests.pages import fields_of

NAME, MAIL = "rdv.example.fr", "mail.example.fr"


class Visitor:
    """A browser without JavaScript, which trusts ``authority`` and no other."""

    def __init__(self, authority: Path) -> None:
        self.pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", 443, server_hostname=NAME, assert_hostname=NAME, ca_certs=str(authority),
            timeout=60, retries=False,
        )  # fmt: skip
        self.cookies: dict[str, str] = {}
        self.path, self.status, self.text = "/", 0, ""

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def submit(self, path: str = "", **typed: object) -> str:
        """The form of this page that has a field of the first name, with ``typed`` in it, to ``path`` or to
        the page itself. A name and bytes are a file."""
        field = f'name="{next(iter(typed))}"'
        form = next(one for one in self.text.split("<form")[1:] if field in one)
        fields = fields_of(form.partition("</form>")[0]) | typed
        return self._ask("POST", path or self.path, fields=fields)

    def _ask(self, method: str, path: str, **more: object) -> str:
        headers = {
            "Host": NAME,
            "Accept-Language": "fr",
            "Referer": f"https://{NAME}{self.path}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        answer = self.pool.request(method, path, headers=headers, redirect=False, **more)
        for line in answer.headers.getlist("Set-Cookie"):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        self.path, self.status, self.text = path, answer.status, answer.data.decode()
        if answer.status in (301, 302, 303):
            there = urlsplit(urljoin(f"https://{NAME}{path}", answer.headers["Location"]))
            assert there.netloc == NAME, there
            return self._ask("GET", there.path + (f"?{there.query}" if there.query else ""))
        return self.text


@contextmanager
def provider(context: ssl.SSLContext) -> Iterator[MailServer]:
    """On port 587, over TLS, for who has the password of the guide's example."""
    server = MailServer()

    def authenticate(_server, _session, _envelope, _mechanism, given):
        good = (given.login, given.password) == (b"user", b"password")
        return AuthResult(success=good, handled=good)

    controller = Controller(
        server, hostname="127.0.0.1", port=587, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=authenticate,
    )  # fmt: skip
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def letter(server: MailServer, to: str, subject: str, seconds: float = 40) -> str:
    """The text of the newest letter ``to`` somebody, once there is one. Taken out of what has arrived."""
    deadline = time.monotonic() + seconds
    while True:
        for one in reversed(server.taken):
            if to in one["To"] and subject in one["Subject"]:
                server.taken.remove(one)
                return one.get_body(("plain",)).get_content()
        seen = [(one["To"], one["Subject"]) for one in server.taken]
        assert time.monotonic() < deadline, f"no letter to {to} about {subject}: {seen}"
        time.sleep(0.1)


def code_in(text: str) -> str:
    return re.search(r"\b\d{6}\b", text).group()
