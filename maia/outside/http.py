"""One HTTP request to an address that a practice typed: bounded in time and size, and never into the
network of whoever hosts Maia.

The name is resolved here, every address that it gives is judged, and the connection goes to one that
was judged: a name that answers otherwise the second time leads nowhere else. A proxy of the
environment is not used, since it would do the resolving.
"""

import contextlib
import ipaddress
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

CONNECT_SECONDS = 5.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TLS = ssl.create_default_context()  # read once: the authorities are many
_REDIRECTS = {301, 302, 303, 307, 308}

_SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # deprecated, and still routed inside
_NUMERIC = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}", re.IGNORECASE | re.ASCII)
_LOCAL_ENDS = (
    ".localhost",
    ".localdomain",
    ".local",
    ".internal",
    ".home.arpa",
    ".lan",
    ".intranet",
)
_RESOLVE_SECONDS = 5.0
_RESOLVING = threading.BoundedSemaphore(8)  # a resolver that hangs holds so many threads, no more

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unfetched(Exception):
    """No answer of use. ``code`` says why, without the address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotAllowed(Unfetched):
    """The address may not be asked at all."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


def check_url(url: str) -> SplitResult:
    """What can be said without asking the network. Raises `NotAllowed`: ``address``, ``https``."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise NotAllowed("address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotAllowed("address")
    if parts.username is not None or parts.password is not None or not url.isascii():
        raise NotAllowed("address")
    literal = _literal(parts.hostname)
    if literal is None and not settings.ALLOWED_NETWORKS and _is_local(parts.hostname):
        raise NotAllowed("private")
    if literal is not None and not _is_allowed(literal):
        raise NotAllowed("private")
    if parts.scheme == "http" and not (literal and _is_of_the_operator(literal)):
        raise NotAllowed("https")
    return parts


def _literal(host: str) -> Address | None:
    """The address, in whatever way it is written: ``2130706433`` and ``0x7f.1`` are 127.0.0.1."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if not _NUMERIC.fullmatch(host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        raise NotAllowed("address") from None


def _is_local(host: str) -> bool:
    """A name that is this machine's or its network's wherever it is asked (RFC 6761, 6762, 8375)."""
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_LOCAL_ENDS)


def fetch(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    seconds: float,
    most_bytes: int,
    redirects: int = 0,
) -> Answer:
    """The answer, whatever its status, within ``seconds`` altogether. Raises `Unfetched`
    (``unreachable``, ``timeout``, ``certificate``, ``too_large``, ``redirects``) and `NotAllowed`."""
    for _turn in range(redirects + 1):
        answer = _ask(method, check_url(url), headers or {}, body, seconds, most_bytes)
        if answer.status not in _REDIRECTS or not redirects or "location" not in answer.headers:
            return answer
        url = urljoin(url, answer.headers["location"])
    raise Unfetched("redirects")


def _ask(
    method: str,
    parts: SplitResult,
    headers: dict[str, str],
    body: bytes | None,
    seconds: float,
    most_bytes: int,
) -> Answer:
    connection = _connection(parts, seconds)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    with _CutOff(seconds, connection) as cut_off:
        try:
            connection.request(
                method,
                target,
                body=body,
                headers={"User-Agent": "Maia", "Accept-Encoding": "identity", **headers},
                preload_content=False,
                decode_content=False,
            )
            cut_off.socket = connection.sock  # which it forgets once the answer has begun
            response = connection.getresponse()
            read = response.read(most_bytes + 1, decode_content=False)
        except NotAllowed:
            raise
        except Exception as error:  # sockets, TLS and HTTP fail in a hundred ways
            raise Unfetched(_code_of(error, late=cut_off.was_late.is_set())) from error
        finally:
            connection.close()
    if cut_off.was_late.is_set():
        raise Unfetched("timeout")
    if len(read) > most_bytes:
        raise Unfetched("too_large")
    return Answer(
        response.status, {name.lower(): value for name, value in response.headers.items()}, read
    )


def _connection(parts: SplitResult, seconds: float) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return _Plain(host, parts.port or 80, timeout=seconds)
    return _Encrypted(host, parts.port or 443, timeout=seconds, ssl_context=_TLS)


class _Judged:
    """Connects to addresses that were judged, whatever the name says."""

    def _new_conn(self: Any) -> socket.socket:
        addresses = _resolve(self.host, self.port, min(self.timeout, _RESOLVE_SECONDS))
        if not all(_is_allowed(address) for address in addresses):
            # In the words of a name that nobody answers to: which names exist inside is not told.
            raise NotAllowed("unreachable")
        failure: OSError | None = None
        for address in addresses:
            try:
                connected = create_connection((str(address), self.port), CONNECT_SECONDS)
            except OSError as error:
                failure = error
            else:
                connected.settimeout(self.timeout)
                return connected
        raise failure or OSError("no address")


class _Plain(_Judged, HTTPConnection):
    pass


class _Encrypted(_Judged, HTTPSConnection):
    pass


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """In a thread, since nothing else bounds a resolver that says nothing. Waiting for a thread
    and for the answer take ``seconds`` together; then raises `TimeoutError`."""
    until = time.monotonic() + seconds
    answer: list[list[Address] | OSError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.append([ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found])
        except (OSError, ValueError) as error:  # a label that is too long is a ValueError
            answer.append(OSError(str(error)))
        finally:
            _RESOLVING.release()

    if not _RESOLVING.acquire(timeout=seconds):
        raise TimeoutError
    thread = threading.Thread(target=ask, name="resolving", daemon=True)
    thread.start()
    thread.join(max(0.0, until - time.monotonic()))
    if not answer:
        raise TimeoutError
    if isinstance(answer[0], OSError):
        raise answer[0]
    return answer[0]


def _is_allowed(address: Address) -> bool:
    """Public, or of a network that the operator opened."""
    inner = _inside(address)
    public = all(one.is_global and not one.is_multicast for one in (address, inner))
    public &= address not in _SITE_LOCAL
    return public or _is_of_the_operator(inner)


def _inside(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_of_the_operator(address: Address) -> bool:
    return any(address in ipaddress.ip_network(one) for one in settings.ALLOWED_NETWORKS)


class _CutOff:
    """Ends it after so many seconds. A socket's own timeout is for each read: who sends a byte at a
    time would keep us for ever."""

    def __init__(self, seconds: float, connection: HTTPConnection) -> None:
        self.seconds, self.connection = seconds, connection
        self.socket: socket.socket | None = None
        self.was_late, self._done = threading.Event(), threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        if self._done.wait(self.seconds):
            return
        self.was_late.set()
        while not self._done.wait(0.2):  # before a handshake ends there is nothing to shut yet
            current = self.socket or self.connection.sock
            with contextlib.suppress(OSError):
                if current is not None:
                    current.shutdown(socket.SHUT_RDWR)


def _code_of(error: BaseException, *, late: bool) -> str:
    if late or isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError | urllib3.exceptions.SSLError):
        return "certificate"
    return "unreachable"
