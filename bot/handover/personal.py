"""What is kept of handovers of a shift."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "handover",
        "what one shift leaves to the next",
        sees=UNIT,
        by="giver_id taker_id",
        texts="words items",
        since="given_at",
    ),
)
