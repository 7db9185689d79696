"""How long a long push takes at the allowed rate, and when it ends. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kit.pace import SHARE

KEPT = 0.1
"""The share of the rate that answers and alerts are expected to take meanwhile: they go first."""


@dataclass
class Allowed:
    """Messages a second: of the token, and to one chat."""

    rate: float = 30.0
    per_chat: float = 1.0


allowed = Allowed()
"""What this installation may send; set at the composition root."""


def seconds(messages: int, allowed: Allowed, *, ahead: int = 0, each: int = 1) -> float:
    """How long `messages` take behind `ahead` others of the same rank; `each` go to one chat one after another.

    Whichever is slower: the token's rate without what is kept for answers and alerts, or the turns of a chat.
    """
    if messages <= 0:
        return 0.0
    by_token = (messages + max(0, ahead)) / (allowed.rate * SHARE * (1 - KEPT))
    by_chat = (max(1, each) - 1) / (allowed.per_chat * SHARE)
    return max(by_token, by_chat)


def ends(
    now: datetime, due: int, later: Iterable[tuple[datetime, int]], allowed: Allowed, *, ahead: int = 0
) -> datetime:
    """When the last of them has gone: what is due goes from now on, what waits for a time begins then, one after another."""
    at = now + timedelta(seconds=seconds(due, allowed, ahead=ahead))
    for begins, messages in sorted(later):
        at = max(at, begins) + timedelta(seconds=seconds(messages, allowed))
    return at
