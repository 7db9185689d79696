"""Outcomes gathered into one transaction: a commit each would be most of the work of sending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import structlog

from bot.db.engine import is_down
from bot.db.writer import WriterStopped
from bot.delivery.sending_store import Outcome

MOST = 200
LINGER_S = 0.03
"""So long the first waits for company, if any is to come: nobody waits for a mark but the next message to the same chat."""
TRIES = 4
log = structlog.get_logger("davy.sender")


class Marks:
    """`commit(outcomes)` makes them durable; `done(outcome)` is told of each that is, or that never will be.

    `more()`: whether other outcomes are to be expected soon.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Outcome]], Future[Any]],
        done: Callable[[Outcome], None],
        more: Callable[[], bool],
    ) -> None:
        self._commit, self._done, self._more = commit, done, more
        self._pending: list[Outcome] = []
        self._full = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, outcome: Outcome) -> None:
        """Records an outcome soon. Nothing is lost by a database that does not work for a while: it is tried again."""
        self._pending.append(outcome)
        if len(self._pending) >= MOST or not self._more():
            self._full.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._flush(), name="davy-marks")

    @property
    def pending(self) -> bool:
        """Whether something is not durable yet."""
        return self._task is not None and not self._task.done()

    async def drain(self) -> None:
        """Waits until nothing is pending."""
        while self._task is not None and not self._task.done():
            self._full.set()
            await asyncio.wait([self._task])

    async def _flush(self) -> None:
        while self._pending:
            try:
                async with asyncio.timeout(LINGER_S):
                    await self._full.wait()
            except TimeoutError:
                pass
            self._full.clear()
            batch, self._pending = self._pending[:MOST], self._pending[MOST:]
            try:
                await self._record(batch)
            except WriterStopped:
                return
            for outcome in batch:
                self._done(outcome)

    async def _record(self, batch: Sequence[Outcome]) -> None:
        try:
            await self._patiently(batch)
        except WriterStopped:
            raise
        except Exception as error:
            if len(batch) > 1:  # one that cannot be stored must not take its neighbours along
                for one in batch:
                    await self._record([one])
                return
            (outcome,) = batch
            log.error("an outcome could not be recorded", row=outcome.row.id, error=str(error).splitlines()[:1])
            await self._without_consequences(outcome)

    async def _patiently(self, batch: Sequence[Outcome]) -> None:
        """While the database does not work, again and again: a row whose end is not known would wait for the next start."""
        attempt = 0
        while True:
            try:
                await asyncio.wrap_future(self._commit(batch))
                return
            except WriterStopped:
                raise
            except Exception as error:
                if not is_down(error):
                    raise
                log.error("the database does not work", error=str(error).splitlines()[0])
            await asyncio.sleep(backoff(attempt))
            attempt += 1

    async def _without_consequences(self, outcome: Outcome) -> None:
        """They (a number to remember, a job) cannot be stored; what became of the row can."""
        bare = Outcome(outcome.row, outcome.state, error="recorded without consequences")
        for attempt in range(TRIES):
            try:
                await self._patiently([replace(bare, uncertain=outcome.uncertain, made=outcome.made)])
                return
            except WriterStopped:
                raise
            except Exception:
                log.exception("a row could not be ended", row=outcome.row.id)
            await asyncio.sleep(backoff(attempt))


def backoff(attempts: int, at_least: float = 0.0) -> float:
    """Seconds until the next try: doubling from half a second to a minute."""
    return max(at_least, min(60.0, 0.5 * 2.0 ** min(attempts, 10)))
