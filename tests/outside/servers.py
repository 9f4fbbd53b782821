"""A real HTTP server on loopback, as others have them: good, slow, huge, or pointing elsewhere."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    def __init__(self, base):
        self.base = base
        self.asked = []  # (method, path, headers with names in lower case, body)
        self.answers = {}  # by path: (status, headers, body), or "drip" or "hang up"
        self.otherwise = (200, {}, b"")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        site = self.server.site
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        site.asked.append((self.command, self.path, headers, body))
        answer = site.answers.get(self.path, site.otherwise)
        self.close_connection = True
        if answer == "hang up":
            return
        if answer == "drip":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):  # a byte at a time, for ten seconds
                self.wfile.write(b".")
                time.sleep(0.1)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except OSError:  # whoever asked has gone
            self.close_connection = True

    do_GET = do_POST = _answer  # noqa: N815  names of http.server

    def log_message(self, *args):
        pass


@contextmanager
def site(tls=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    scheme = "http"
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    server.site = Site(f"{scheme}://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
