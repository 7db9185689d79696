"""Who calls next: at each free slot the highest lane that waits. An alert never stands behind a broadcast."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

from bot.kit.pace import ChatPace, Pace

PLACES = (0, 2, 3, 4, 1)
"""The place of each lane: calls to very many at once go after single alerts and before all else."""
FLIGHTS = (288, 280, 272, 256, 256)
"""How many calls there may be at once before one of a place is begun: some room is kept for what is more urgent."""
SHORT_S = 0.25
"""Who waits longer than this gives its row back: it may be edited or taken back meanwhile."""
Go = Callable[[bool], None]
"""Told True when its slot has come, False when it is sent away."""


class Limiter:
    """Grants slots one by one, by lane, then by order of asking. For one loop."""

    def __init__(self, rate: float, chat_rate: float) -> None:
        self.pace, self.chats = Pace(rate), ChatPace(chat_rate)
        self._waiting: list[tuple[int, int, Go]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self.flights = 0

    def __len__(self) -> int:
        """How many wait for a slot."""
        return len(self._waiting)

    def enter(self, lane: int, go: Go) -> None:
        """`go` is called at the next slot for this lane, perhaps at once; each slot is ended by `land`."""
        heapq.heappush(self._waiting, (PLACES[lane], next(self._order), go))
        if self._timer is None:
            self._grant()

    def land(self) -> None:
        """A call has ended."""
        self.flights -= 1
        if self._waiting and self._timer is None:
            self._grant()

    async def slot(self, lane: int, chat: int) -> None:
        """For a further call of a row that is under way: the chat's turn, then a slot of the token."""
        while (wait := self.chats.wait(chat, time.monotonic())) > 0:
            await asyncio.sleep(wait)
        while not await self._granted(lane):
            await asyncio.sleep(max(SHORT_S, self.paused_for))
        self.flights -= 1  # the row has its own already
        self.chats.take(chat, time.monotonic())

    def _granted(self, lane: int) -> asyncio.Future[bool]:
        granted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def go(mine: bool) -> None:
            if not granted.done():
                granted.set_result(mine)
            elif mine:  # whoever asked has been cancelled
                self.flights -= 1

        self.enter(lane, go)
        return granted

    def pause(self, seconds: float, chat: int | None = None) -> None:
        """Obeys `retry_after`: everyone waits."""
        now = time.monotonic()
        self.pace.pause(now, seconds)
        if chat is not None:
            self.chats.pause(chat, now, seconds)
        if seconds > SHORT_S:
            self.empty()

    def empty(self) -> None:
        """Sends away all that wait."""
        waiting, self._waiting = self._waiting, []
        for _, _, go in waiting:
            go(False)

    @property
    def paused_for(self) -> float:
        """Seconds for which nobody may send."""
        return max(0.0, self.pace.paused_until - time.monotonic())

    def _grant(self) -> None:
        self._timer = None
        while self._waiting and self.flights < FLIGHTS[self._waiting[0][0]]:
            now = time.monotonic()
            wait = self.pace.wait(now)
            if wait > 0:
                self._timer = asyncio.get_running_loop().call_later(wait, self._grant)
                return
            _, _, go = heapq.heappop(self._waiting)
            self.pace.take(now)
            self.flights += 1
            go(True)
