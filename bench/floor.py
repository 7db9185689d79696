"""A bot of nothing but sockets and JSON: the ceiling of the stand-in and of the machine."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

ANSWER = b"POST /bot4848:bench/answerCallbackQuery HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"


async def poll(api: str) -> None:
    """Long polling; every press is answered over one of 50 connections."""
    host, port = urlsplit(api).hostname, urlsplit(api).port
    reader, writer = await asyncio.open_connection(host, port, limit=2**22)
    answering = [await asyncio.open_connection(host, port) for _ in range(50)]
    drains = [asyncio.create_task(_drain(r)) for r, _ in answering]
    offset = 0
    try:
        while True:
            body = json.dumps({"offset": offset}).encode()
            writer.write(b"POST /bot4848:bench/getUpdates HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            for update in json.loads(await reader.readexactly(length))["result"]:
                offset = update["update_id"] + 1
                body = json.dumps({"callback_query_id": update["callback_query"]["id"]}).encode()
                answering[offset % 50][1].write(ANSWER % (len(body), body))
    finally:
        for drain in drains:
            drain.cancel()


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


async def serve(port: int) -> None:
    """A webhook that answers each press in its reply."""
    await (await asyncio.get_running_loop().create_server(_Webhook, "127.0.0.1", port)).serve_forever()


class _Webhook(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            length = int(self.data[:end].lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            if len(self.data) < end + 4 + length:
                return
            update = json.loads(self.data[end + 4 : end + 4 + length])
            self.data = self.data[end + 4 + length :]
            said = {"method": "answerCallbackQuery", "callback_query_id": update["callback_query"]["id"]}
            body = json.dumps(said).encode()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))  # type: ignore[attr-defined]
