"""A mail server on loopback that answers as it is told at each stage, or hangs up there."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HANG_UP = "hang up"
STAGES = ("CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "TEXT", "DOT")
_USUAL = {
    "CONNECT": "220 ready",
    "EHLO": "250-here\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 AUTH PLAIN",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 taken",
}


class Server(socketserver.ThreadingTCPServer):
    """``answers``: what is said at a stage instead of the usual; ``taken``: letters as bytes."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answers: dict[str, str] = {}
        self.taken: list[bytes] = []

    def handle_error(self, request, client_address) -> None:
        pass  # a client that is cut off hangs up as well


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("CONNECT")
        while line := self.rfile.readline():
            verb = line.split(maxsplit=1)[0].decode().upper() if line.strip() else ""
            if verb == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            if verb == "RSET":
                self.wfile.write(b"250 ok\r\n")
                continue
            stage = "EHLO" if verb == "HELO" else verb
            if stage not in _USUAL:
                self.wfile.write(b"502 what\r\n")
                continue
            self._say(stage)
            if stage == "DATA" and self._answer("DATA").startswith("354"):
                self._take()

    def _take(self) -> None:
        if self._answer("TEXT") == HANG_UP:
            raise ConnectionAbortedError
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line)
        answer = self._answer("DOT")
        if answer == HANG_UP or answer.startswith("2"):
            self.server.taken.append(b"".join(lines))
        self._say("DOT")

    def _answer(self, stage: str) -> str:
        return self.server.answers.get(stage, _USUAL.get(stage, ""))

    def _say(self, stage: str) -> None:
        answer = self._answer(stage)
        if answer == HANG_UP:
            raise ConnectionAbortedError
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def staged_server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
