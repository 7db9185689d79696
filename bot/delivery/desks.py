"""A claimer's desk: what it has in hand, and how far ahead of their slots its rows start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.delivery.held import Held
from bot.delivery.outbox import Lane

AHEAD_S = 0.2
"""Rows start so far ahead of their slots: no more are uncertain after a crash, and what is urgent never waits behind them."""
LEAST_AHEAD, MOST_AHEAD = 2, 256
LEAST_ALERTS = 8
"""Of alerts at least so many: a quarter of a second at Telegram's rate. A cry for help must not wait behind a whole muster."""
MOST_FAILING = 1000
"""With so many rows to be tried again, nothing is working: no more of them are begun."""


@dataclass
class Desk:
    """One claimer with a supply of its own. `ahead`: rows that have started and wait for their slot."""

    lanes: tuple[Lane, ...]
    ahead: int = 0
    held: Held = field(default_factory=Held)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def room(self, rate: float) -> int:
        """How many rows may start now. Few at a time would be a transaction each, so only when half of them are gone."""
        if self.held.failing > MOST_FAILING:
            return 0
        least = LEAST_ALERTS if self.lanes[0] is Lane.ALERT else LEAST_AHEAD
        most = max(least, min(MOST_AHEAD, int(rate * AHEAD_S)))
        room = most - self.ahead
        return room if room >= most / 2 else 0
