"""The one sender of a token: takes what waits, lane by lane, at the allowed pace, and records what became of it.

A row's start is committed before its call. After a crash, unstarted rows were not sent and started ones are uncertain:
they are repeated until there is a definite answer or they expire.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.db.engine import is_down
from bot.db.writer import Writer, WriterStopped
from bot.delivery import leases, sending_store
from bot.delivery.batches import Batches
from bot.delivery.calling import Caller, Ready
from bot.delivery.held import Held
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane
from bot.delivery.sending_store import Outcome, Waiting
from bot.kit.clock import Clock

log = structlog.get_logger("davy.sender")
IDLE_S = 1.0
"""Polling is only the safety net: a bell rings at every commit that queued something."""
IN_FLIGHT = {"alert": 32, "rest": 256}
PATIENT = 4
"""So many uncertain tries of a row hold up what comes after it in its chat; then the rest goes past it."""
MOST_FAILING = 1000
"""With so many rows to be tried again, nothing is working: no more of them are begun."""


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
        self._held = {name: Held() for name in IN_FLIGHT}
        self._tasks: set[asyncio.Task[None]] = set()
        self._begun: set[asyncio.Task[None]] = set()
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
                drains = [
                    group.create_task(self._drain("alert", (Lane.ALERT,))),
                    group.create_task(self._drain("rest", (Lane.REPLY, Lane.LESSON, Lane.BULK))),
                ]
                await self._keep_lease()
                for drain in drains:
                    drain.cancel()

    async def stop(self, patience: float = 4.0) -> None:
        """Begins nothing more, waits for the calls in flight, gives the lease back."""
        self._stopping = True
        self._ring()
        for task in self._tasks - self._begun:
            task.cancel()  # it waits for its slot, perhaps for a minute; its row has not started
        if self._begun:
            await asyncio.wait(self._begun, timeout=patience)
        await self._ends.drain()
        await self._writer.in_transaction(leases.release, sending_store.SENDER, self._holder)

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent at this moment."""
        return not self._tasks

    @property
    def leads(self) -> bool:
        """Whether this process is the one that sends."""
        return self._leading

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
        """Returns once the lease is lost, or when stopping. Only this decides, so that nobody sends on beside it."""
        while not self._stopping:
            try:
                if not await self._renew():
                    log.warning("lease lost")
                    self._lease_until = 0
            except WriterStopped:
                return
            if not self._leading:
                return
            await asyncio.sleep(leases.SECONDS / 3)

    async def _drain(self, name: str, lanes: tuple[Lane, ...]) -> None:
        bell, held = self._bells[name], self._held[name]
        while not self._stopping:
            bell.clear()
            held.forget(time.monotonic())
            room = self._room(name) if self._leading else 0
            rows = await asyncio.to_thread(self._fetch, lanes, room, held.rows(), held.chats()) if room > 0 else []
            begun = [self._begin(row, chat, held, bell) for row, chat in rows]
            if not any(begun):
                await self._rest(bell, held)

    def _begin(self, row: Waiting, chat: int | None, held: Held, bell: asyncio.Event) -> bool:
        """One row at a time to a chat: what was said first must be read first, and a full chat must not fill the prefetch."""
        if self._stopping or not held.take(row.id, chat):
            return False
        task = asyncio.create_task(self._deliver(row, chat, held), name=f"davy-send-{row.id}")
        for group in (self._tasks, held.tasks):
            group.add(task)
            task.add_done_callback(group.discard)
        task.add_done_callback(self._begun.discard)
        task.add_done_callback(partial(self._over, row.id, chat, held, bell))
        return True

    def _over(self, id: int, chat: int | None, held: Held, bell: asyncio.Event, _: asyncio.Task[None]) -> None:
        """A row's task has ended: there is room for another."""
        held.release(id, chat)
        bell.set()

    def _room(self, name: str) -> int:
        """How much may be taken: in advance 0.2 s of the rate, so that what is urgent never waits behind it."""
        most, held = IN_FLIGHT[name], self._held[name]
        if held.failing > MOST_FAILING:
            return 0
        ahead = most if name == "alert" else max(8, min(most, int(self._limiter.pace.rate * 0.2) + 8))
        return min(ahead - len(held.tasks - self._begun), most - len(held.tasks))

    async def _rest(self, bell: asyncio.Event, held: Held) -> None:
        soonest = held.soonest(time.monotonic() + IDLE_S) - time.monotonic()
        try:
            async with asyncio.timeout(max(0.01, min(IDLE_S, soonest))):
                await bell.wait()
        except TimeoutError:
            pass

    def _fetch(
        self, lanes: tuple[Lane, ...], most: int, not_ids: list[int], not_chats: list[int]
    ) -> list[tuple[Waiting, int | None]]:
        """Rows and the chats they go to; those under seal are opened here, in the sender, and nowhere else."""
        with self._engine.connect().execution_options(read_only=True) as connection:
            rows = sending_store.next_rows(
                connection, [int(lane) for lane in lanes], self._clock.now(), most, not_ids, not_chats
            )
            return [(row, self._caller.chat_of(row, connection)) for row in rows]

    async def _deliver(self, row: Waiting, chat: int | None, held: Held) -> None:
        try:
            ready = await self._prepared(row)
            if ready is None:
                held.wait(row.id, None, time.monotonic() + 0.2)
                return
            if isinstance(ready, Ready):
                await self._limiter.slot(row.lane, ready.chat)
            if self._stopping or not self._leading:
                return
            self._begun.add(cast("asyncio.Task[None]", asyncio.current_task()))
            now = await self._starts.add(row.id)
            if now is None:
                held.wait(row.id, None, time.monotonic() + IDLE_S)
                return
            outcome = await self._outcome(row, now, ready)
            if outcome.state == "waiting":
                pause = backoff(row.attempts) if outcome.unsure else self._limiter.paused_for
                # in order as long as it is only a matter of waiting; a row that fails and fails must not hold up its chat
                orderly = chat if not outcome.unsure or row.attempts < PATIENT else None
                held.wait(row.id, orderly, time.monotonic() + max(0.05, pause))
            elif outcome.state == "sent":
                self.sent += 1
            await self._end(outcome)
        except WriterStopped:
            return
        except Exception as error:
            if is_down(error):
                log.error("the database does not work", error=str(error).splitlines()[0])
            else:
                log.exception("a message could not be handled", row=row.id)
            held.wait(row.id, None, time.monotonic() + backoff(row.attempts, 5.0))

    async def _prepared(self, row: Waiting) -> Ready | Outcome | None:
        """What to call for a row. One that cannot even be rendered is a fault of the program and fails for good."""
        try:
            if self._caller.needs_thread(row):
                return await asyncio.to_thread(self._caller.prepare, row)
            return self._caller.prepare(row)
        except DBAPIError:
            raise
        except Exception as error:
            log.exception("a message cannot be made", row=row.id)
            return Outcome(row, "failed", error=f"cannot be made: {type(error).__name__}")

    async def _outcome(self, fetched: Waiting, row: Waiting, ready: Ready | Outcome | None) -> Outcome:
        """Makes the calls of a row that has started. Whatever happens, there is an outcome: nobody else would end the row."""
        again = Outcome(row, "waiting", uncertain=row.uncertain, made=row.made)
        try:
            if (row.payload, row.chat) != (fetched.payload, fetched.chat) or row.sealed:
                ready = await self._prepared(row)
            if isinstance(ready, Outcome):
                return ready
            if ready is None or not self._leading:  # a call is made only while the lease stands
                return again
            return await self._caller.make(row, ready, self._limiter)
        except DBAPIError:
            return again
        except Exception as error:
            log.exception("a message could not be handled", row=row.id)
            return Outcome(row, "failed", error=f"a fault of the program: {type(error).__name__}")

    async def _end(self, outcome: Outcome) -> None:
        """Records an outcome, again and again if need be: a row whose end is not known would wait for the next start."""
        for attempt in itertools.count():
            try:
                await self._ends.add(outcome)
                return
            except WriterStopped:
                raise
            except Exception as error:
                log.error("an outcome could not be recorded", row=outcome.row.id, error=str(error).splitlines()[:1])
                if not is_down(error):
                    # its consequences (a number to remember, a job) cannot be stored; what became of it can
                    bare = Outcome(outcome.row, outcome.state, error="recorded without consequences")
                    outcome = replace(bare, uncertain=outcome.uncertain, made=outcome.made)
                if attempt > 3 and not is_down(error):
                    raise
            await asyncio.sleep(backoff(attempt))

    def _commit_starts(self, ids: list[int]) -> Future[Any]:
        return self._writer.submit(_started, ids, self._fence, self._clock.now())

    def _commit_ends(self, outcomes: list[Outcome]) -> Future[Any]:
        return self._writer.submit(_ended, outcomes, self._fence, self._clock.now())


def _started(session: Any, ids: list[int], fence: int, now: Any) -> list[Waiting | None]:
    begun = sending_store.mark_started(session, ids, fence, now)
    rows = {row.id: row for row in sending_store.as_they_are(session, begun)}
    return [rows.get(id) for id in ids]


def _ended(session: Any, outcomes: list[Outcome], fence: int, now: Any) -> list[bool]:
    sending_store.mark_done(session, outcomes, fence, now)
    return [True] * len(outcomes)


def backoff(attempts: int, at_least: float = 0.0) -> float:
    """Seconds until the next try: doubling from half a second to a minute."""
    return max(at_least, min(60.0, 0.5 * 2.0 ** min(attempts, 10)))
