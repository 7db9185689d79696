"""The one sender of a token: takes what waits, lane by lane, at the allowed pace, and records what became of it.

That a row starts is committed before its call. After a crash, unstarted rows were not sent and started ones are uncertain:
they are repeated until there is a definite answer or they expire. Rows start a little ahead of their slots, many in one
transaction; one that must wait longer than that is given back, and has not been tried.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from itertools import groupby
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy.exc import DBAPIError

from bot.db.engine import is_down
from bot.db.writer import Writer, WriterStopped
from bot.delivery import claiming, drawings, leases, sending_store
from bot.delivery.calling import Caller
from bot.delivery.claiming import SENDER, Claimed, Waiting
from bot.delivery.desks import Desk
from bot.delivery.limiter import Limiter
from bot.delivery.marks import Marks, backoff
from bot.delivery.outbox import URGENT, Lane
from bot.delivery.preparing import Prepared, Ready
from bot.delivery.sending_store import Outcome
from bot.kit.clock import Clock

log = structlog.get_logger("davy.sender")
IDLE_S = 1.0
"""Polling is only the safety net: a bell rings at every commit that queued something."""
PATIENT = 4
"""So many uncertain tries of a row hold up what comes after it in its chat; then the rest goes past it."""
BREATH_S = 0.01
"""No claimer asks more often than so for what it has not been told of."""
NOTHING = Claimed([])


class Sender:
    """Runs while it holds the lease. `bell()` may be rung from any thread."""

    def __init__(self, writer: Writer, caller: Caller, limiter: Limiter, clock: Clock) -> None:
        self._writer, self._caller, self._limiter, self._clock = writer, caller, limiter, clock
        self._holder = uuid4().hex
        self._fence = 0
        self._lease_until = 0.0
        self._desks = (Desk(URGENT), Desk((Lane.REPLY, Lane.LESSON, Lane.BULK)))
        self._calls: set[asyncio.Task[None]] = set()
        self._claiming = 0
        self._lost = 0
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._marks = Marks(self._commit, self._over, lambda: bool(limiter.flights or len(limiter)))
        self.sent = 0

    def bell(self) -> None:
        """There is something new in the outbox."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        for desk in self._desks:
            desk.bell.set()

    async def run(self) -> None:
        """Until `stop`: gets the lease, then sends."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            try:
                leads = await self._renew() and await self._take_over()
            except DBAPIError as error:
                leads = False
                log.error("the database does not work", error=str(error).splitlines()[0])
            if not leads:
                await asyncio.sleep(leases.SECONDS / 3)
                continue
            async with asyncio.TaskGroup() as group:
                lost = asyncio.Event()
                for desk in self._desks:
                    group.create_task(self._feed(desk, lost))
                await self._keep_lease()
                lost.set()
                self._limiter.empty()
                self._ring()

    async def stop(self, patience: float = 4.0) -> None:
        """Begins nothing more, waits for the calls in flight, gives the lease back."""
        self._stopping = True
        self._ring()
        until = time.monotonic() + patience
        while (self._claiming or self._calls) and time.monotonic() < until:
            self._limiter.empty()  # what waits for its slot, perhaps for a minute, has not been tried
            await asyncio.sleep(0.01)
        try:
            async with asyncio.timeout(patience):
                await self._marks.drain()
                await self._writer.in_transaction(leases.release, SENDER, self._holder)
        except TimeoutError:
            log.error("the database does not work; what was in flight is uncertain")

    @property
    def idle(self) -> bool:
        """Whether nothing is being sent at this moment."""
        return not (self._claiming or self._marks.pending or any(len(desk.held) for desk in self._desks))

    @property
    def leads(self) -> bool:
        """Whether this process is the one that sends."""
        return time.monotonic() < self._lease_until

    async def _renew(self) -> bool:
        asked = time.monotonic()
        fence = await self._writer.in_transaction(leases.take, SENDER, self._holder)
        if fence is not None:
            self._fence, self._lease_until = fence, asked + leases.SECONDS
        return fence is not None

    async def _keep_lease(self) -> None:
        """Returns once the lease is lost, or when stopping. Only this decides, so that nobody sends on beside it."""
        while not self._stopping:
            try:
                if not await self._renew():
                    log.warning("lease lost")
                    self._lease_until = 0
                elif self._lost != self._writer.lost and not self._claiming:
                    await self._recover()
            except WriterStopped:
                return
            except DBAPIError as error:  # the lease runs out by itself
                log.error("the lease could not be renewed", error=str(error).splitlines()[0])
            if not self.leads:
                return
            await asyncio.sleep(leases.SECONDS / 3)

    async def _take_over(self) -> bool:
        """Begins where an earlier holder ended, also in the middle of a pause."""
        self._limiter.pause(await self._writer.in_transaction(sending_store.paused))
        await self._recover()
        return True

    async def _recover(self) -> None:
        """Rows that an earlier holder had started, and those of a claim of ours whose COMMIT was lost."""
        self._lost = self._writer.lost
        in_hand = [id for desk in self._desks for id in desk.held.going()]
        again = await self._writer.in_transaction(sending_store.recover, self._fence, in_hand)
        log.info("sending", fence=self._fence, uncertain=again)

    # --- from the outbox to a slot -----------------------------------------------------------------------------------

    async def _feed(self, desk: Desk, lost: asyncio.Event) -> None:
        """Keeps a desk's rows started a little ahead of their slots. It ends by itself: what it has claimed is in hand."""
        while not (lost.is_set() or self._stopping):
            desk.bell.clear()
            desk.held.forget(time.monotonic())
            room = self._room(desk)
            claimed = NOTHING
            if room > 0:
                self._claiming += 1
                try:
                    claimed = await self._claim(desk, room)
                finally:
                    self._claiming -= 1
            if not self._room(desk) or not desk.bell.is_set():
                await self._rest(desk, claimed)

    def _room(self, desk: Desk) -> int:
        return desk.room(self._limiter.pace.rate) if self.leads and not self._limiter.paused_for else 0

    async def _rest(self, desk: Desk, claimed: Claimed) -> None:
        now = time.monotonic()
        until = desk.held.soonest(now + IDLE_S)
        if self._limiter.paused_for:
            until = min(until, now + self._limiter.paused_for)
        if claimed.behind:
            until = min([until, *(now + wait for wait in self._limiter.chats.resting(now).values())])
        if claimed.skipped:
            until = now
        try:
            async with asyncio.timeout(min(IDLE_S, max(BREATH_S, until - now))):
                await desk.bell.wait()
        except TimeoutError:
            pass

    async def _claim(self, desk: Desk, room: int) -> Claimed:
        """Starts rows and queues them for their slots."""
        held, now = desk.held, time.monotonic()
        chats = held.chats() | self._limiter.chats.resting(now).keys()
        lanes = [lane.value for lane in desk.lanes]
        try:
            claimed = await self._writer.in_transaction(
                claiming.claim, lanes, room, held.rows(), chats, self._fence, self._clock.now()
            )
        except WriterStopped:
            return NOTHING
        except Exception as error:
            if not is_down(error):
                raise
            log.error("the database does not work", error=str(error).splitlines()[0])
            await asyncio.sleep(backoff(0))
            return NOTHING
        for row in claimed.rows:
            held.take(row.id, row.chat)
        quick = [row for row in claimed.rows if self._caller.preparer.at_once(row)]
        slow = [row for row in claimed.rows if not self._caller.preparer.at_once(row)]
        for row in quick:
            self._ready(desk, row, self._caller.preparer.prepare(row))
        if slow:
            for row, prepared in zip(slow, await self._looked_up(slow), strict=True):
                self._ready(desk, row, prepared)
        return claimed

    async def _looked_up(self, rows: Sequence[Waiting]) -> Sequence[Prepared]:
        preparer = self._caller.preparer
        try:
            return await asyncio.to_thread(preparer.prepare_all, rows)
        except Exception as error:
            log.error("the database does not work", error=str(error).splitlines()[0])
            return [None] * len(rows)
        finally:
            await drawings.ask_for_missed(preparer.drawings, self._writer, self._clock.now())

    def _ready(self, desk: Desk, row: Waiting, prepared: Prepared) -> None:
        """A row waits for its slot; one with nothing to call is over; one that is too early is put off."""
        if isinstance(prepared, Outcome):
            self._marks.add(prepared)
        elif prepared is None or prepared.waits or (row.sealed is not None and desk.held.busy(prepared.chat)):
            kept = prepared.chat if prepared is not None and prepared.waits else None
            self._give_back(desk, row, time.monotonic() + 0.2, kept)
        else:
            if row.sealed is not None:
                desk.held.take(row.id, prepared.chat)
            desk.ahead += 1
            self._limiter.enter(row.lane, partial(self._go, desk, row, prepared))

    def _give_back(self, desk: Desk, row: Waiting, until: float = 0.0, kept: int | None = None) -> None:
        if until:
            desk.held.wait(row.id, kept, until)
        self._marks.add(Outcome(row, "waiting", uncertain=row.uncertain, made=row.made, tried=False))

    # --- a slot, a call, an outcome ----------------------------------------------------------------------------------

    def _go(self, desk: Desk, row: Waiting, ready: Ready, mine: bool) -> None:
        """The row's slot has come (or it is sent away): its call is made, only while the lease stands."""
        desk.ahead -= 1
        if not desk.bell.is_set() and self._room(desk):
            desk.bell.set()
        early = self._limiter.chats.wait(ready.chat, time.monotonic()) if mine else 0.0
        if not mine or early or self._stopping or not self.leads or row.fence != self._fence:
            if mine:
                self._limiter.land()
            self._give_back(desk, row, time.monotonic() + early if early else 0.0)
            return
        self._limiter.chats.take(ready.chat, time.monotonic())
        task = asyncio.create_task(self._call(desk, row, ready), name=f"davy-send-{row.id}")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, desk: Desk, row: Waiting, ready: Ready) -> None:
        """Whatever happens, there is an outcome: nobody else would end the row."""
        try:
            outcome = await self._caller.make(row, ready, self._limiter)
        except Exception as error:
            log.exception("a message could not be handled", row=row.id)
            outcome = Outcome(row, "failed", error=f"a fault of the program: {type(error).__name__}")
        finally:
            self._limiter.land()
        if outcome.state == "waiting":
            pause = backoff(row.attempts - 1) if outcome.unsure else self._limiter.paused_for
            # in order as long as it is only a matter of waiting; a row that fails and fails must not hold up its chat
            orderly = ready.chat if not outcome.unsure or row.attempts <= PATIENT else None
            desk.held.wait(row.id, orderly, time.monotonic() + max(0.05, pause))
        self._marks.add(outcome)

    def _over(self, outcome: Outcome) -> None:
        """An outcome is durable: the row's chat is free."""
        self._caller.preparer.uploaded(outcome.row.id, outcome.file_ids, outcome.stale)
        self.sent += outcome.state == "sent"
        desk = self._desks[outcome.row.lane not in URGENT]
        desk.held.release(outcome.row.id)
        desk.bell.set()

    def _commit(self, outcomes: Sequence[Outcome]) -> Future[Any]:
        return self._writer.submit(_ended, outcomes, self._clock.now())


def _ended(session: Any, outcomes: Sequence[Outcome], now: Any) -> None:
    by_fence = sorted(outcomes, key=lambda outcome: outcome.row.fence)
    for fence, group in groupby(by_fence, key=lambda outcome: outcome.row.fence):
        sending_store.mark_done(session, list(group), fence, now)
