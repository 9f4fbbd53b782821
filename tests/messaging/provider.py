"""A real HTTP server on loopback that stands for an SMS provider, and can misbehave."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

_STATUS = {"take": 201, "twice": 201, "refuse": 400, "broke": 402, "later": 503, "gateway": 504}


class Provider:
    """``mood``: "take", "refuse" (400), "broke" (402), "later" (503), "gateway" (504), "stall"
    (takes it and says nothing), "cut" (takes it and hangs up), "twice" (answers two times)."""

    def __init__(self) -> None:
        self.mood = "take"
        self.taken = []
        self.asked = 0
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.base = ""

    def take(self, request) -> None:
        with self.lock:
            self.taken.append(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """A question about the account: nothing is sent by it."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        provider = self.server.provider
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # who asked was killed before the end: nobody takes half a request
            self.close_connection = True
            return
        try:
            read = json.loads(body)
        except ValueError:
            read = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        with provider.lock:
            provider.asked += 1
        mood = provider.mood
        if mood in ("take", "stall", "cut", "twice"):
            provider.take({"path": self.path, "headers": dict(self.headers), "body": read})
        if mood == "stall":
            provider.released.wait(10)
            self.close_connection = True
            return
        if mood == "cut":
            self.close_connection = True
            return
        status = _STATUS[mood]
        number = f"id-{provider.asked}"
        answer = json.dumps(
            {"messageId": number, "sid": number, "ids": [number], "sms_ticket": number}
        ).encode()
        for _ in range(2 if mood == "twice" else 1):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *args):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def sms_provider() -> Iterator[Provider]:
    provider = Provider()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = provider
    provider.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.released.set()
        server.shutdown()
        server.server_close()
