"""Servers on the loopback for tests of clients: one that speaks HTTP, and one that lets a peer break its rules."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
from aiohttp import web

# httpx reads all authorities of the world for each client, 25 ms, also for one that speaks no TLS
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
Client = partial(httpx.Client, verify=_NO_TLS)
AsyncClient = partial(httpx.AsyncClient, verify=_NO_TLS)
get, post, request = (partial(one, verify=_NO_TLS) for one in (httpx.get, httpx.post, httpx.request))

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def api(handler: Handler) -> AsyncIterator[str]:
    """A Bot API of which one function answers every request; yields its address."""
    application = web.Application(client_max_size=60 * 2**20)
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def peer(talk: Talk) -> AsyncIterator[str]:
    """A server below HTTP, for peers that break the rules; yields its address."""

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def ok(result: Any) -> web.Response:
    """What the Bot API says to a call that went well."""
    return web.json_response({"ok": True, "result": result})


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """The head and body of one request, so that the reset comes after it has been taken."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
    return head + await reader.readexactly(length)


def unused_address() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
