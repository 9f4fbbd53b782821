"""A real mail server on loopback that can be told to refuse, to wait, or to hang up."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

from tests.ports import free_port


class MailServer:
    """``mood``: "take", "later" (4xx), "never" (5xx), "hang_up" (takes it, then cuts the line)."""

    def __init__(self):
        self.mood = "take"
        self.taken = []
        self.host = self.port = None
        self.sessions = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.mood == "never":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.mood == "later":
            return "451 try again later"
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.mood == "hang_up":
            server.transport.close()
            await asyncio.sleep(0)
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.host, server.port = "127.0.0.1", free_port()
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
