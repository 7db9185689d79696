"""Doing something as long as one holds the lease on it; whoever does not hold it waits for its turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.db.writer import Writer, WriterStopped
from bot.delivery import leases
from bot.delivery.tables import IntakeRow

log = structlog.get_logger("davy.leading")
POLL, TICKS = "poll", "ticks"
POLLERS = "poll:"
"""How the names of pollers begin in `intake`."""


class Leading:
    """Holds a lease by renewing it every second, for as long as `run` runs."""

    def __init__(self, writer: Writer, name: str, holder: str) -> None:
        self._writer, self._name, self._holder = writer, name, holder
        self._until = 0.0
        self.fence: int | None = None

    @property
    def leads(self) -> bool:
        """Whether the lease stands at this moment, by this machine's monotonic clock."""
        return time.monotonic() < self._until

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled, or until `work` ends or fails: does it while leading, and again after a lease that was lost."""
        while True:
            if not await self._renewed():
                await asyncio.sleep(leases.SECONDS / 3)
                continue
            log.info("leading", what=self._name, fence=self.fence)
            task = asyncio.ensure_future(work())
            try:
                if not await self._lost(task):
                    return task.result()
            finally:
                task.cancel()
                await asyncio.wait({task})  # and not `await task`, which would take a cancellation of ours for its own
            log.warning("lease lost", what=self._name)

    async def release(self) -> None:
        """Gives the lease back, so that the next one need not wait until it runs out."""
        self._until = 0.0
        await self._writer.in_transaction(leases.release, self._name, self._holder)

    async def _lost(self, task: asyncio.Future[None]) -> bool:
        """Renews until the work has ended (False) or the lease is lost (True)."""
        while not (await asyncio.wait({task}, timeout=leases.SECONDS / 3))[0]:
            if not await self._renewed():
                return True
        return False

    async def _renewed(self) -> bool:
        asked = time.monotonic()
        try:
            self.fence = await self._writer.in_transaction(leases.take, self._name, self._holder)
        except DBAPIError as error:
            log.error("a lease could not be renewed", what=self._name, error=str(error).splitlines()[0])
            self.fence = None
        except WriterStopped:
            raise asyncio.CancelledError from None
        self._until = asked + leases.SECONDS if self.fence is not None else 0.0
        return self.fence is not None


async def for_ever() -> None:
    """The work of a leader whose work is done elsewhere, by those who ask it whether it leads."""
    await asyncio.Event().wait()


def take_over(session: Session, name: str) -> None:
    """The updates that other pollers were working on when they went become this one's, to be handled one by one."""
    intake = table_of(IntakeRow)
    others = intake.select().where(intake.c.name.startswith(POLLERS), intake.c.name != name)
    left = [(row.low, row.high) for row in session.execute(others) if row.high >= row.low]
    session.execute(intake.delete().where(intake.c.name.startswith(POLLERS), intake.c.name != name))
    if left:
        mine = session.get(IntakeRow, name)
        if mine is not None and mine.high >= mine.low:
            left.append((mine.low, mine.high))
        session.merge(IntakeRow(name=name, low=min(low for low, _ in left), high=max(high for _, high in left)))
