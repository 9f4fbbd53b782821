"""The world outside: takes emails and SMS, slowly enough to be cut in the middle, and writes each
down. Arguments: its address, and the file."""

import asyncio
import json
import sys
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller


class Mail:
    def __init__(self, write):
        self.write = write

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=default)
        await asyncio.sleep(0.02)
        self.write({"channel": "email", "id": letter["Message-ID"], "to": letter["To"]})
        return "250 taken"


class Sms(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.write({"channel": "sms", "id": json.dumps(body, sort_keys=True)})
        answer = b'{"messageId": "x"}'
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


def main(address: str, file: str) -> None:
    with open(file, "a", buffering=1) as taken:

        def write(row):
            taken.write(json.dumps(row) + "\n")

        Controller(Mail(write), hostname=address, port=2525).start()
        server = ThreadingHTTPServer((address, 8025), Sms)
        server.write = write
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
