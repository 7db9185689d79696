"""A bare stand-in for the Bot API: answers every call as cheaply as Python can. Its own ceiling is measured, too.

`python -m bench.stub PORT [MILLISECONDS]`: after how long it answers.
"""

from __future__ import annotations

import asyncio
import sys

BODY = (
    b'{"ok":true,"result":{"message_id":1,"date":1763640000,"chat":{"id":1,"type":"private","first_name":"Ana"},'
    b'"from":{"id":4848,"is_bot":true,"first_name":"Davy","username":"davy_bench_bot"},"text":"hello"}}'
)
ME = (
    b'{"ok":true,"result":{"id":4848,"is_bot":true,"first_name":"Davy","username":"davy_bench_bot",'
    b'"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}}'
)


def http(body: bytes) -> bytes:
    """A whole 200 answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


ANSWER, WHO = http(BODY), http(ME)


class Stub(asyncio.Protocol):
    """Reads requests only as far as needed to know where each ends."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.data) < end + 4 + length:
                return
            self.data = self.data[end + 4 + length :]
            answer = WHO if b"/getme " in head else ANSWER
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


async def main(port: int, milliseconds: float = 0) -> None:
    """Serves until killed."""
    Stub.delay = milliseconds / 1000
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *map(float, sys.argv[2:])))
