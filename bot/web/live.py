"""Open boards hear that something has changed, by server-sent events; they then ask for their page anew, with all its rights.

The writer says after each commit which tables it wrote to (`committed`); a page says whose tables it shows (`Page.live`). Nothing
of what changed goes over the stream: only that it did, and within how many milliseconds to ask, so that a thousand boards do
not ask at once. Other replicas hear of it by `db.bells`.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.convertors import Convertor
from starlette.routing import compile_path

from bot.db.base import Base
from bot.db.reading import reading
from bot.db.schema import load_tables
from bot.kit.clock import Clock
from bot.kit.room import Room
from bot.web import store

log = structlog.get_logger("davy.live")
EACH_S = 1.0
"""A board hears of changes at most once in so long."""
BEAT_S = 20.0
"""So often a stream says that it is there: proxies close what is silent for a minute."""
LOOK_S = 15.0
"""So often it is looked whether the sessions of open streams still hold; at once where a session was written."""
SHARE = 0.5
"""So much of one processor may go into boards that ask anew; the more there are, the longer each waits."""
MOST, MOST_EACH = 2000, 6
"""Streams of one process, and of one session."""
DOOR = "web"
BELL = "live "
SEEN_IN = {
    "ladder": ("hazards", "incidents", "emergencies.sos"),
    "acknowledgement": ("compliance.reading", "compliance.documents"),
}
"""Tables of lower rooms that are shown by others."""


class TooMany(Exception):
    """There are as many streams as there may be; the board goes on asking by itself."""


@dataclass(eq=False)
class Stream:
    """One open board. `token` is its session; `not_before` is loop time."""

    token: str
    topics: frozenset[str]
    event: asyncio.Event = field(default_factory=asyncio.Event)
    dirty: bool = False
    over: bool = False
    not_before: float = 0.0


class Live:
    """The open boards of one process. `tell` rings a bell in the other replicas."""

    def __init__(self, engine: Engine, clock: Clock, rooms: Iterable[Room], tell: Callable[[str], None]) -> None:
        self._engine, self._clock, self._tell = engine, clock, tell
        self._pages = _pages(rooms)
        followed = frozenset().union(*(topics for _, topics in self._pages), {DOOR})
        self._topics = {table: topics & followed for table, topics in _topics().items() if topics & followed}
        self._count: Counter[str] = Counter()
        self._born = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._pending: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: set[Stream] = set()
        self._looking: asyncio.Task[None] | None = None
        self._look_now = asyncio.Event()
        self._stopped = False
        self.cost_s = 0.02
        """Processor time of making a page anew, as it was lately; before the first one rather too much than too little."""
        self.spread_s = 0.0
        self.most = MOST

    def __len__(self) -> int:
        return len(self._streams)

    # --- what has changed: from any thread -----------------------------------------------------------------------------

    def committed(self, tables: set[str]) -> None:
        """A transaction of this process wrote to some tables."""
        topics: set[str] = set()
        for table in tables:
            topics |= self._topics.get(table, frozenset())
        if topics:
            self.changed(topics)
            for topic in topics:
                self._tell(BELL + topic)

    def changed(self, topics: Iterable[str]) -> None:
        """Something has changed in these rooms, here or in another process."""
        with self._lock:
            self._count.update(topics)
            loop = self._loop
            if loop is None or loop.is_closed():
                return  # no board has been opened yet
            asked = bool(self._pending)
            self._pending.update(topics)
        if not asked:
            loop.call_soon_threadsafe(self._wake)

    def seen(self, path: str) -> str:
        """How far a page that is made now will be; asked for before its queries. Empty: it has no stream."""
        topics = self.topics(path)
        return f"{self._born}.{self._at(topics)}" if topics else ""

    def topics(self, path: str) -> frozenset[str]:
        """The rooms whose changes a page shows, by its address."""
        return next((topics for pattern, topics in self._pages if pattern.match(path)), frozenset())

    def took(self, seconds: float) -> None:
        """A board was made anew in so much processor time."""
        self.cost_s += 0.1 * (seconds - self.cost_s)

    def _at(self, topics: frozenset[str]) -> int:
        return sum(self._count[topic] for topic in topics)

    # --- streams: in the loop ------------------------------------------------------------------------------------------

    def open(self, token: str, path: str) -> Stream:
        """A stream for a page. Raises TooMany."""
        mine = sum(each.token == token for each in self._streams)
        if self._stopped or len(self._streams) >= self.most or mine >= MOST_EACH:
            raise TooMany
        self._loop = asyncio.get_running_loop()
        stream = Stream(token, self.topics(path))
        self._streams.add(stream)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(), name="davy-live")
        return stream

    async def events(self, stream: Stream, since: str) -> AsyncIterator[str]:
        """What goes over the stream, until the session or the process ends, or the browser leaves."""
        try:
            yield "retry: 5000\n\n"
            if since != f"{self._born}.{self._at(stream.topics)}":
                self._touch(stream)  # it changed while the page was on its way, or another process made the page
            while not stream.over:
                try:
                    async with asyncio.timeout(BEAT_S):
                        await stream.event.wait()
                except TimeoutError:
                    yield ": here\n\n"
                    continue
                stream.event.clear()
                if stream.dirty and not stream.over:
                    stream.dirty = False
                    stream.not_before = asyncio.get_running_loop().time() + max(EACH_S, self.spread_s)
                    number = f"{self._born}.{self._at(stream.topics)}"
                    yield f"id: {number}\nevent: change\ndata: {1000 * self.spread_s:.0f}\n\n"
            yield "event: over\ndata: \n\n"
        finally:
            self._streams.discard(stream)

    def stop(self) -> None:
        """Ends all streams; from the loop's thread or another."""
        self._stopped = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end, list(self._streams))

    def _wake(self) -> None:
        with self._lock:
            topics, self._pending = self._pending, set()
        if DOOR in topics:
            self._look_now.set()
        for stream in self._streams:
            if not stream.dirty and stream.topics & topics:
                self._touch(stream)
        waiting = sum(stream.dirty for stream in self._streams)
        self.spread_s = waiting * self.cost_s / SHARE if waiting > 1 else 0.0

    def _touch(self, stream: Stream) -> None:
        loop = asyncio.get_running_loop()
        stream.dirty = True
        wait = stream.not_before - loop.time()
        if wait > 0:
            loop.call_later(wait, stream.event.set)
        else:
            stream.event.set()

    def _end(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            stream.over = True
            stream.event.set()

    async def _look(self) -> None:
        """Ends the streams of sessions that are over."""
        while self._streams and not self._stopped:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._look_now.wait()
                await asyncio.sleep(EACH_S / 2)  # who signs in and out all the time is looked at together
            except TimeoutError:
                pass
            self._look_now.clear()
            try:
                inside = await asyncio.to_thread(self._inside, {each.token for each in self._streams})
            except DBAPIError as error:
                log.warning("sessions could not be looked at", error=str(error).splitlines()[0])
                continue
            self._end([each for each in self._streams if each.token not in inside])

    def _inside(self, tokens: set[str]) -> set[str]:
        with reading(self._engine) as session:
            return store.still_inside(session, tokens, self._clock.now())


def _pages(rooms: Iterable[Room]) -> list[tuple[Any, frozenset[str]]]:
    """A pattern for each address, with the rooms that its pages show; those without parameters first."""
    found: dict[str, set[str]] = {}
    for room in rooms:
        for page in room.pages:
            if not page.public:
                found.setdefault(page.path, set()).update(page.live)
    ordered = sorted(found, key=lambda path: ("{" in path, path))
    return [(_pattern(path), frozenset(found[path])) for path in ordered]


def _pattern(path: str) -> Any:
    compiled: tuple[Any, str, dict[str, Convertor[Any]]] = compile_path(path)
    return compiled[0]


def _topics() -> dict[str, frozenset[str]]:
    """The room of each table (`emergencies.muster`), and who else shows it."""
    load_tables()
    found: dict[str, set[str]] = {}
    for mapper in Base.registry.mappers:
        room = mapper.class_.__module__.removeprefix("bot.").rpartition(".")[0]
        for table in mapper.tables:
            found.setdefault(str(table.name), set()).add(room)
    for name, rooms in SEEN_IN.items():
        found.setdefault(name, set()).update(rooms)
    return {table: frozenset(rooms) for table, rooms in found.items()}
