"""Who sends next: at each free slot the highest lane that waits. An alert never stands behind a broadcast."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time

from bot.kit.pace import ChatPace, Pace


class Limiter:
    """Grants slots one by one, by lane, then by order of asking."""

    def __init__(self, rate: float, chat_rate: float) -> None:
        self.pace, self.chats = Pace(rate), ChatPace(chat_rate)
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._granting: asyncio.Task[None] | None = None
        self._paused = asyncio.Event()

    async def slot(self, lane: int, chat: int) -> None:
        """Returns when this chat and the token may be sent to. First the chat's own turn, so that a busy chat blocks nobody."""
        now = time.monotonic()
        turn = self.chats.reserve(chat, now)
        while (now := time.monotonic()) < turn:
            await asyncio.sleep(turn - now)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (lane, next(self._order), granted))
        if self._granting is None or self._granting.done():
            self._granting = asyncio.create_task(self._grant(), name="davy-limiter")
        await granted

    def pause(self, seconds: float, chat: int | None = None) -> None:
        """Obeys `retry_after`: everyone waits."""
        self.pace.pause(time.monotonic(), seconds)
        if chat is not None:
            self.chats.pause(chat, time.monotonic(), seconds)

    @property
    def paused_for(self) -> float:
        """Seconds for which nobody may send."""
        return max(0.0, self.pace.paused_until - time.monotonic())

    async def _grant(self) -> None:
        while self._waiting:
            wait = self.pace.wait(time.monotonic())
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            _, _, granted = heapq.heappop(self._waiting)
            if granted.cancelled():
                continue
            self.pace.take(time.monotonic())
            granted.set_result(None)
        self.chats.forget(time.monotonic())
