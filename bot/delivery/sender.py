"""The one sender of a token: takes what waits, lane by lane, at the allowed pace, and records what became of it.

A row's start is committed before its call. After a crash, unstarted rows were not sent and started ones are uncertain:
they are repeated until there is a definite answer or they expire.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Engine

from bot.db.engine import is_down
from bot.db.writer import Writer, WriterStopped
from bot.delivery import leases, sending_store
from bot.delivery.batches import Batches
from bot.delivery.calling import Caller
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane
from bot.delivery.sending_store import Outcome, Waiting
from bot.kit.clock import Clock

log = structlog.get_logger("davy.sender")
IDLE_S = 1.0
"""Polling is only the safety net: a bell rings at every commit that queued something."""
IN_FLIGHT = {"alert": 32, "rest": 256}


class Sender:
    """Runs while it holds the lease. `bell()` may be rung from any thread."""

    def __init__(
        self,
        writer: Writer,
        engine: Engine,
        caller: Caller,
        limiter: Limiter,
        clock: Clock,
        content: Path | None = None,
    ) -> None:
        self._writer, self._engine, self._caller, self._limiter, self._clock = writer, engine, caller, limiter, clock
        self._holder = uuid4().hex
        self._fence = 0
        self._lease_until = 0.0
        self._bells = {name: asyncio.Event() for name in IN_FLIGHT}
        self._busy: set[int] = set()
        self._later: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starts = Batches(self._commit_starts)
        self._ends = Batches(self._commit_ends)
        self.sent = 0

    def bell(self) -> None:
        """There is something new in the outbox."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.set()

    async def run(self) -> None:
        """Until `stop`: gets the lease, then sends."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            if not await self._renew():
                await asyncio.sleep(leases.SECONDS / 3)
                continue
            again = await self._writer.in_transaction(sending_store.recover, self._fence)
            log.info("sending", fence=self._fence, uncertain=again)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_lease())
                group.create_task(self._drain("alert", (Lane.ALERT,)))
                group.create_task(self._drain("rest", (Lane.REPLY, Lane.LESSON, Lane.BULK)))

    async def stop(self, patience: float = 5.0) -> None:
        """Begins nothing more, waits for the calls in flight, gives the lease back."""
        self._stopping = True
        self._ring()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        await self._ends.drain()
        await self._writer.in_transaction(leases.release, sending_store.SENDER, self._holder)

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent at this moment."""
        return not self._tasks

    async def _renew(self) -> bool:
        asked = time.monotonic()
        fence = await self._writer.in_transaction(leases.take, sending_store.SENDER, self._holder)
        if fence is not None:
            self._fence, self._lease_until = fence, asked + leases.SECONDS
        return fence is not None

    @property
    def _leading(self) -> bool:
        return time.monotonic() < self._lease_until

    async def _keep_lease(self) -> None:
        while not self._stopping:
            try:
                if not await self._renew():
                    log.warning("lease lost")
                    self._lease_until = 0
            except WriterStopped:
                return
            if not self._leading:
                self._ring()
                return
            await asyncio.sleep(leases.SECONDS / 3)

    async def _drain(self, name: str, lanes: tuple[Lane, ...]) -> None:
        bell, most = self._bells[name], IN_FLIGHT[name]
        mine: set[asyncio.Task[None]] = set()
        while not self._stopping and self._leading:
            bell.clear()
            room = self._prefetch(name) - len(mine)
            rows = await asyncio.to_thread(self._fetch, lanes, min(room, most)) if room > 0 else []
            for row in rows:
                self._busy.add(row.id)
                task = asyncio.create_task(self._deliver(row), name=f"davy-send-{row.id}")
                for group in (mine, self._tasks):
                    group.add(task)
                    task.add_done_callback(group.discard)
                task.add_done_callback(partial(self._over, row.id, bell))
            if not rows:
                await self._rest(bell)

    def _over(self, id: int, bell: asyncio.Event, _: asyncio.Task[None]) -> None:
        """A row's task has ended: there is room for another."""
        self._busy.discard(id)
        bell.set()

    def _prefetch(self, name: str) -> int:
        """How much may be taken in advance: 0.2 s of the rate, so that what is urgent never waits behind it."""
        return (
            IN_FLIGHT[name] if name == "alert" else max(8, min(IN_FLIGHT[name], int(self._limiter.pace.rate * 0.2) + 8))
        )

    async def _rest(self, bell: asyncio.Event) -> None:
        soonest = min(self._later.values(), default=time.monotonic() + IDLE_S)
        try:
            async with asyncio.timeout(max(0.01, min(IDLE_S, soonest - time.monotonic()))):
                await bell.wait()
        except TimeoutError:
            pass

    def _fetch(self, lanes: tuple[Lane, ...], most: int) -> list[Waiting]:
        now = time.monotonic()
        self._later = {id: at for id, at in list(self._later.items()) if at > now}
        shut = [*self._busy, *self._later]
        with self._engine.connect().execution_options(read_only=True) as connection:
            return sending_store.next_rows(connection, [int(lane) for lane in lanes], self._clock.now(), most, shut)

    async def _deliver(self, row: Waiting) -> None:
        try:
            ready = (
                await asyncio.to_thread(self._caller.prepare, row)
                if self._caller.needs_thread(row)
                else self._caller.prepare(row)
            )
            if isinstance(ready, Outcome):
                if await self._starts.add(row.id):
                    await self._ends.add(ready)
                return
            if ready is None:
                self._later[row.id] = time.monotonic() + 0.2
                return
            await self._limiter.slot(row.lane, ready.chat)
            if not self._leading or not await self._starts.add(row.id):
                self._later[row.id] = time.monotonic() + IDLE_S
                return
            outcome = await self._caller.make(row, ready, self._limiter)
            if outcome.state == "waiting":
                self._later[row.id] = time.monotonic() + backoff(row.attempts, self._limiter.paused_for)
            elif outcome.state == "sent":
                self.sent += 1
            await self._ends.add(outcome)
        except WriterStopped:
            return
        except Exception as error:
            if is_down(error):
                log.error("the database does not work", error=str(error).splitlines()[0])
            else:
                log.exception("a message could not be handled", row=row.id)
            self._later[row.id] = time.monotonic() + backoff(row.attempts, 5.0)

    def _commit_starts(self, ids: list[int]) -> Future[Any]:
        return self._writer.submit(_started, ids, self._fence, self._clock.now())

    def _commit_ends(self, outcomes: list[Outcome]) -> Future[Any]:
        return self._writer.submit(_ended, outcomes, self._fence, self._clock.now())


def _started(session: Any, ids: list[int], fence: int, now: Any) -> list[bool]:
    begun = sending_store.mark_started(session, ids, fence, now)
    return [id in begun for id in ids]


def _ended(session: Any, outcomes: list[Outcome], fence: int, now: Any) -> list[bool]:
    sending_store.mark_done(session, outcomes, fence, now)
    return [True] * len(outcomes)


def backoff(attempts: int, at_least: float = 0.0) -> float:
    """Seconds until the next try: doubling from half a second to a minute."""
    return max(at_least, min(60.0, 0.5 * 2.0**attempts))
