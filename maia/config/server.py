"""Between Granian and Django: a request has arrived whole before a view runs, or it is refused.

Granian hands requests over as they begin (its own interface, RSGI). A body is awaited here without
holding a thread, under a deadline and a size, so that slow and idle clients cost a socket each and
nobody else waits. Then a thread runs Django's WSGI application on it (docs/decisions, `bodies-first`).
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Answer = tuple[int, list[tuple[str, str]], bytes]
Environ = dict[str, Any]

SMALL_BODY, LARGE_BODY = 300_000, 11_000_000  # bytes
# Where files are sent: pictures, patients' lists.
LARGE_PATHS = ("/pro/",)
PATIENCE = 15  # seconds for a small body
SLOWEST = 20_000  # bytes a second, beyond that, of a large one
LARGE_AT_ONCE = 8  # of a process: the others are asked to come back
WAITING_AT_ONCE = 512  # requests that have arrived and wait for a thread
REFUSED = "maia.refused"  # in the environment: the status of a request that did not arrive


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Server:
    """An RSGI application around a WSGI one, with ``threads`` threads for each process."""

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self.waiting = self.large = 0

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.proto != "http":
            protocol.close()
            return
        environ = _environ(scope)
        body, refused = b"", 0
        try:
            body = await self._body(environ, protocol)
        except _Refused as refusal:
            refused = refusal.status
        if self.waiting >= WAITING_AT_ONCE:
            protocol.response_bytes(503, [("retry-after", "5")], b"")
            return
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["wsgi.input"] = io.BytesIO(body)
        if refused:
            environ[REFUSED] = refused
        self.waiting += 1
        try:
            loop = asyncio.get_running_loop()
            status, headers, answer = await loop.run_in_executor(
                self.threads, self._answered, environ
            )
        finally:
            self.waiting -= 1
        protocol.response_bytes(status, headers, answer)

    async def _body(self, environ: Environ, protocol: Any) -> bytes:
        """All of it. Raises `_Refused`: 408 too slow, 413 too large, 503 too many at once."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if length == "0" and "HTTP_TRANSFER_ENCODING" not in environ:
            return b""
        announced = int(length) if length.isascii() and length.isdigit() else 0
        longest = LARGE_BODY if environ["PATH_INFO"].startswith(LARGE_PATHS) else SMALL_BODY
        if announced > longest:
            raise _Refused(413)
        if announced <= SMALL_BODY:
            return await _read(protocol, min(longest, SMALL_BODY), PATIENCE)
        if self.large >= LARGE_AT_ONCE:
            raise _Refused(503)
        self.large += 1
        try:
            return await _read(protocol, longest, PATIENCE + announced / SLOWEST)
        finally:
            self.large -= 1

    def _answered(self, environ: Environ) -> Answer:
        """In a thread: what the WSGI application makes of a request that is there."""
        head: list[Any] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> None:
            head[:] = [int(status.partition(" ")[0]), list(headers)]

        chunks = self.application(environ, start_response)
        try:
            body = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        status, headers = head
        return status, headers, body


async def _read(protocol: Any, longest: int, seconds: float) -> bytes:
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in protocol:
                size += len(chunk)
                if size > longest:
                    raise _Refused(413)
                chunks.append(bytes(chunk))
    except TimeoutError:
        raise _Refused(408) from None
    return b"".join(chunks)


def _environ(scope: Any) -> Environ:
    """PEP 3333's, of one request. A header with an underscore would pass for another: dropped."""
    server, _colon, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ
