"""The socket on which everything is served."""

from __future__ import annotations

import asyncio
import socket

from bot.serving import listen


async def test_an_answer_of_two_parts_does_not_wait_for_an_acknowledgement() -> None:
    """Nagle's algorithm is off on every connection: with it each answer took 40 ms, a page of many files a second."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        found.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = listen("127.0.0.1", 0)
    async with await asyncio.start_server(look, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await asyncio.wait_for(found, 5)
        writer.close()
