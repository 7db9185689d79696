"""Flood control, in real time: how much a bot may send to one chat, to one group and overall."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.simulator.bodies import real
from bot.simulator.errors import Misuse, too_many


@dataclass(frozen=True, slots=True)
class Rates:
    """Telegram names 1 message/s a chat (short bursts pass), 20/min a group, 30/s overall. None lifts a limit."""

    chat_per_second: float | None = 1.0
    chat_burst: int = 3
    group_per_minute: float | None = 20.0
    overall_per_second: float | None = 30.0

    @classmethod
    def unlimited(cls) -> Rates:
        """No flood control: for benchmarks and tests about something else."""
        return cls(None, 1, None, None)


def read_rates(body: dict[str, Any], now: Rates) -> Rates:
    """The rates with the given ones changed; says which is wrong."""
    unknown = set(body) - set(Rates.__slots__)
    if unknown:
        raise Misuse(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(Rates.__slots__)}")
    for name, value in body.items():
        if (value is not None or name == "chat_burst") and real(value, name, 0) == 0:
            raise Misuse(f"{name} must be above 0" + ("" if name == "chat_burst" else "; null lifts it"))
    return replace(now, **body)


class Bucket:
    """`burst` tokens, refilled at `rate` a second."""

    __slots__ = ("burst", "rate", "seen", "tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst, self.tokens, self.seen = rate, burst, burst, now

    def wait(self, cost: float, now: float) -> float:
        """Seconds until `cost` tokens are there: 0 if they are. A full bucket lets an album larger than it pass."""
        self.tokens = min(self.burst, self.tokens + (now - self.seen) * self.rate)
        self.seen = now
        return max(0.0, (min(cost, self.burst) - self.tokens) / self.rate)


class Flood:
    """One bot's buckets. Monotonic time."""

    def __init__(self, rates: Rates, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.rates = rates
        self._monotonic = monotonic
        self._chats: dict[int, Bucket] = {}
        self._overall: Bucket | None = None

    def spend(self, chat_id: int, cost: int = 1, *, edit: bool = False) -> None:
        """Take tokens for a message (or an album of `cost`), or refuse with 429. Edits count overall and in groups."""
        now = self._monotonic()
        buckets = [b for b in (self._everywhere(now), self._in_chat(chat_id, now, edit)) if b is not None]
        wait = max((bucket.wait(cost, now) for bucket in buckets), default=0.0)
        if wait > 1e-9:
            raise too_many(max(1, math.ceil(wait)))
        for bucket in buckets:
            bucket.tokens -= cost

    def _everywhere(self, now: float) -> Bucket | None:
        rate = self.rates.overall_per_second
        if rate is None:
            return None
        if self._overall is None:
            self._overall = Bucket(rate, max(rate, 1.0), now)
        return self._overall

    def _in_chat(self, chat_id: int, now: float, edit: bool) -> Bucket | None:
        group = chat_id < 0
        rate = self.rates.group_per_minute if group else self.rates.chat_per_second
        if rate is None or (edit and not group):
            return None
        bucket = self._chats.get(chat_id)
        if bucket is None:
            if len(self._chats) > 50_000:
                self._chats = {c: b for c, b in self._chats.items() if now - b.seen < 120}
            bucket = Bucket(rate / 60.0 if group else rate, rate if group else self.rates.chat_burst, now)
            self._chats[chat_id] = bucket
        return bucket
