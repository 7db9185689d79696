"""How fast one may send: a pure count of slots over monotonic seconds, for a token and for each chat."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil

GROUP_MOST, GROUP_WINDOW_S = 20, 60.0
SHARE = 0.995
"""Pacing at exactly the allowed rate draws a few refusals: clocks differ."""
MARGIN = 1.004
"""So much longer than a second is what is counted as one: calls do not all need the same time to arrive."""
GRACE_S = 0.005
"""So much lateness (a busy moment of this process), or one slot, is made up for, as far as the second before leaves room."""


@dataclass
class Pace:
    """Slots for one token: evenly spaced, and never more than `rate` in any second. Seconds are monotonic."""

    rate: float
    next_at: float = 0.0
    paused_until: float = 0.0
    _taken: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until the next slot is free."""
        most = ceil(self.rate)
        free = self._taken[0] + MARGIN * most / self.rate if len(self._taken) >= most else now
        return max(self.next_at - now, free - now, self.paused_until - now, 0.0)

    def take(self, now: float) -> None:
        """Uses the slot that is free now. A little lateness is made up for, a pause is not."""
        self._taken.append(now)
        while len(self._taken) > ceil(self.rate):
            self._taken.popleft()
        step = 1.0 / (self.rate * SHARE)
        self.next_at = max(self.next_at, now - max(GRACE_S, step)) + step

    def pause(self, now: float, seconds: float) -> None:
        """Nobody sends for a while: `retry_after` of a token is meant for everyone."""
        self.paused_until = max(self.paused_until, now + seconds)


@dataclass
class ChatPace:
    """Slots for each chat: `rate` a second, and for groups GROUP_MOST in GROUP_WINDOW_S."""

    rate: float
    next_at: dict[int, float] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)

    def wait(self, chat: int, now: float) -> float:
        """Seconds until this chat's turn."""
        at = self.next_at.get(chat, 0.0)
        sent = self.groups.get(chat)
        if sent is not None and len(sent) == GROUP_MOST:
            at = max(at, sent[0] + GROUP_WINDOW_S)
        return max(0.0, at - now)

    def take(self, chat: int, now: float) -> None:
        """Uses the chat's turn."""
        if chat < 0:
            self.groups.setdefault(chat, deque(maxlen=GROUP_MOST)).append(now)
        self.next_at[chat] = now + 1.0 / (self.rate * SHARE)

    def pause(self, chat: int, now: float, seconds: float) -> None:
        """One chat waits."""
        self.next_at[chat] = max(self.next_at.get(chat, 0.0), now + seconds)

    def resting(self, now: float) -> dict[int, float]:
        """Seconds that chats must still wait, by chat. What is long past is dropped: memory does not grow with everybody."""
        over = [
            c for c, at in self.next_at.items() if at <= now and (c not in self.groups or at < now - GROUP_WINDOW_S)
        ]
        for chat in over:
            del self.next_at[chat]
            self.groups.pop(chat, None)
        return {chat: wait for chat in self.next_at if (wait := self.wait(chat, now)) > 0}
