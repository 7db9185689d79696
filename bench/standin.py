"""A stand-in for the Bot API that gives updates and takes answers as cheaply as Python can. It runs in the measuring process.

It knows when each press was given and when its answer came; nothing else is checked (the simulator is for correctness).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence

FIRST = 1000
"""The number of the first update; a press's callback id is the number of its update."""
BATCH = 100
TRUE = b'{"ok":true,"result":true}'
ME = (
    b'{"ok":true,"result":{"id":4848,"is_bot":true,"first_name":"Davy","username":"davy_bench_bot",'
    b'"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false}}'
)
MESSAGE = (
    b'{"ok":true,"result":{"message_id":1,"date":1763640000,"chat":{"id":1,"type":"private","first_name":"Ana"},'
    b'"from":{"id":4848,"is_bot":true,"first_name":"Davy","username":"davy_bench_bot"},"text":"hello"}}'
)
SLOW_DOWN_S = 1
REFUSALS = {
    429: b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}',
    500: b'{"ok":false,"error_code":500,"description":"Internal Server Error"}',
}
_method = re.compile(rb"^[A-Z]+ /(?:bot[^/]+/)?(\w+)")
_length = re.compile(rb"content-length:\s*(\d+)", re.I)
_offset = re.compile(rb'offset"?[:=]\s*(-?\d+)')
_callback = re.compile(rb'callback_query_id"?(?:[:=]\s*"?|\r\n(?:[^\r\n]+\r\n)*\r\n)(\d+)')
"""As JSON, as a form, or as a part of a multipart body."""


def http(body: bytes) -> bytes:
    """A whole 200 answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


ANSWERS = {b"getMe": http(ME), b"sendMessage": http(MESSAGE), b"editMessageText": http(MESSAGE)}
OTHERWISE = http(TRUE)


class StandIn:
    """`updates` are JSON texts, numbered from FIRST; only the first `released` of them are given out."""

    def __init__(self, updates: Sequence[bytes] = (), delay: float = 0.0) -> None:
        self.updates, self.delay = updates, delay
        self.released = 0
        self.waiting = 0
        """How many presses wait at any time; 0: all that are released."""
        self.given: dict[int, float] = {}
        self.answered: dict[int, float] = {}
        self.calls: Counter[bytes] = Counter()
        self.times: list[tuple[float, bytes, bytes]] | None = None
        """Every call with its time and body, where a measurement asks for it."""
        self.faults: list[int] = []
        """What the next calls other than answers to presses are refused with, the last one first: 429 or 500."""
        self._hungry: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> StandIn:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Connection(self), "127.0.0.1", 0, backlog=1024
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def release(self, count: int) -> None:
        """Lets the first `count` updates be given out."""
        self.released = min(count, len(self.updates))
        hungry, self._hungry = self._hungry, set()
        for connection in hungry:
            connection.feed()

    async def pace(self, rate: float) -> None:
        """Releases so many presses a second, evenly, until cancelled."""
        begun, before = time.perf_counter(), self.released
        while True:
            self.release(before + int((time.perf_counter() - begun) * rate))
            await asyncio.sleep(0.005)

    def note_answer(self, body: bytes) -> None:
        """A press was answered, by a call or in a webhook's reply."""
        found = _callback.search(body)
        if found:
            self.answered.setdefault(int(found[1]), time.perf_counter())
        if self.waiting and self.released - len(self.answered) <= self.waiting // 2:
            self.release(len(self.answered) + self.waiting)

    def latencies(self, since: float, until: float) -> list[float]:
        """Seconds from giving a press to its answer, of those answered in a window."""
        return [
            at - self.given[number]
            for number, at in self.answered.items()
            if number in self.given and since <= at <= until
        ]


class _Connection(asyncio.Protocol):
    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self.data = b""
        self.offset = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        self.standin._hungry.discard(self)

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            found = _length.search(self.data, 0, end)
            length = int(found[1]) if found else 0
            if len(self.data) < end + 4 + length:
                return
            head, body = self.data[:end], self.data[end + 4 : end + 4 + length]
            self.data = self.data[end + 4 + length :]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        standin = self.standin
        found = _method.match(head)
        method = found[1] if found else b""
        standin.calls[method] += 1
        if method == b"getUpdates":
            wanted = _offset.search(body)
            self.offset = max(0, int(wanted[1]) - FIRST) if wanted else 0
            self.feed()
            return
        if standin.times is not None:
            standin.times.append((time.perf_counter(), method, body))
        if method == b"answerCallbackQuery":
            standin.note_answer(body)
        answer = ANSWERS.get(method, OTHERWISE)
        if standin.faults and method.startswith((b"send", b"edit")):
            code = standin.faults.pop()
            answer = http(REFUSALS[code]).replace(b"200 OK", b"%d Refused" % code, 1)
        if standin.delay:
            asyncio.get_running_loop().call_later(standin.delay, self._write, answer)
        else:
            self.transport.write(answer)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)

    def feed(self) -> None:
        """Gives the next updates, or waits for some."""
        standin = self.standin
        some = standin.updates[self.offset : min(self.offset + BATCH, standin.released)]
        if not some:
            standin._hungry.add(self)
            return
        now = time.perf_counter()
        for at in range(self.offset, self.offset + len(some)):
            standin.given.setdefault(FIRST + at, now)
        self._write(http(b'{"ok":true,"result":[%s]}' % b",".join(some)))


async def deliver(standin: StandIn, urls: Sequence[str], secret: str, connections: int = 50) -> None:
    """Posts the released updates to webhooks, in turn over so many connections each, one at a time on each of them, as

    Telegram does; until cancelled.
    """
    place = iter(range(len(standin.updates)))
    await asyncio.gather(*(_connection(standin, url, secret, place) for url in urls for _ in range(connections)))


async def _connection(standin: StandIn, url: str, secret: str, place: Iterator[int]) -> None:
    host, _, rest = url.removeprefix("http://").partition(":")
    port, _, path = rest.partition("/")
    head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    head += f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
    start = head.encode() + b"Content-Length: %d\r\n\r\n%s"
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for at in place:
            while at >= standin.released:
                await asyncio.sleep(0.005)
            update = standin.updates[at]
            standin.given[FIRST + at] = time.perf_counter()
            writer.write(start % (len(update), update))
            answer = await reader.readuntil(b"\r\n\r\n")
            length = _length.search(answer)
            if length:
                body = await reader.readexactly(int(length[1]))
            else:
                body = await reader.readuntil(b"\r\n0\r\n\r\n") if b"chunked" in answer else b""
            assert b" 200 " in answer[:16], answer
            if b"answerCallbackQuery" in body:
                standin.note_answer(body)
    finally:
        writer.close()
