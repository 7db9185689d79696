"""A bare stand-in for the Bot API: answers every call at once, as cheaply as Python can. Its own ceiling is measured too.

`python -m bench.stub PORT`
"""

from __future__ import annotations

import asyncio
import sys

BODY = (
    b'{"ok":true,"result":{"message_id":1,"date":1,"id":1,"is_bot":true,"first_name":"d",'
    b'"chat":{"id":1,"type":"private","first_name":"x"},'
    b'"from":{"id":1,"is_bot":true,"first_name":"d"},"text":"x"}}'
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Stub(asyncio.Protocol):
    """Reads requests only as far as needed to know where each ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
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
            self.transport.write(ANSWER)  # type: ignore[attr-defined]


async def main(port: int) -> None:
    """Serves until killed."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
