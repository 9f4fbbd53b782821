"""A mail server and an SMS provider that take everything at once and keep nothing: what is left to
measure is Maia."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        command = line[:4].upper()
        if command == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 taken\r\n")
        elif command == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


async def _http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    (length,) = [
        int(line.split(b":")[1]) for line in head.lower().splitlines() if b"content-length" in line
    ]
    await reader.readexactly(length)
    body = b'{"messageId": "x"}'
    writer.write(
        b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    await writer.drain()
    writer.close()


def start_sinks() -> dict[str, int]:
    """Their ports, by name. They end with the process that started them."""
    fork = multiprocessing.get_context("fork")
    ports = fork.SimpleQueue()
    fork.Process(target=lambda: asyncio.run(_serve(ports.put)), daemon=True).start()
    return dict(ports.get() for _ in range(2))


async def _serve(tell: Callable[[tuple[str, int]], None]) -> None:
    handlers: dict[str, Handler] = {"smtp": _smtp, "sms": _http}
    for name, handler in handlers.items():
        server = await asyncio.start_server(handler, "127.0.0.1", 0, limit=1 << 20)
        tell((name, server.sockets[0].getsockname()[1]))
    await asyncio.Event().wait()
