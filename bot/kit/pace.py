"""How fast one may send: a pure count of slots over monotonic seconds, for a token and for each chat."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

GROUP_MOST, GROUP_WINDOW_S = 20, 60.0
SHARE = 0.995
"""Pacing at exactly the allowed rate draws a few refusals: clocks differ."""


@dataclass
class Pace:
    """Slots for one token: evenly spaced, never more than `rate` in any second. Seconds are monotonic."""

    rate: float
    next_at: float = 0.0
    paused_until: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next slot is free."""
        return max(self.next_at - now, self.paused_until - now, 0.0)

    def take(self, now: float) -> None:
        """Uses the slot that is free now. A little lateness is made up for, a pause is not."""
        step = 1.0 / (self.rate * SHARE)
        grace = min(0.02, 4 * step)
        self.next_at = max(self.next_at, now - grace) + step

    def pause(self, now: float, seconds: float) -> None:
        """Nobody sends for a while: `retry_after` of a token is meant for everyone."""
        self.paused_until = max(self.paused_until, now + seconds)


@dataclass
class ChatPace:
    """Slots for each chat: `rate` a second, and for groups GROUP_MOST in GROUP_WINDOW_S."""

    rate: float
    next_at: dict[int, float] = field(default_factory=dict)
    groups: dict[int, deque[float]] = field(default_factory=dict)

    def reserve(self, chat: int, now: float) -> float:
        """Books the chat's next slot; answers the monotonic time of it."""
        at = max(self.next_at.get(chat, 0.0), now)
        if chat < 0:
            sent = self.groups.setdefault(chat, deque(maxlen=GROUP_MOST))
            if len(sent) == GROUP_MOST:
                at = max(at, sent[0] + GROUP_WINDOW_S)
            sent.append(at)
        self.next_at[chat] = at + 1.0 / (self.rate * SHARE)
        return at

    def pause(self, chat: int, now: float, seconds: float) -> None:
        """One chat waits."""
        self.next_at[chat] = max(self.next_at.get(chat, 0.0), now + seconds)

    def forget(self, now: float) -> None:
        """Drops chats whose slots are long past, so that memory does not grow with everybody ever written to."""
        for chat in [c for c, at in self.next_at.items() if at < now - GROUP_WINDOW_S]:
            del self.next_at[chat]
            self.groups.pop(chat, None)
