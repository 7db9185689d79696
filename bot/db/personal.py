"""What is kept of work that is queued."""

from __future__ import annotations

from bot.kit.privacy import Held, Kind

HELD = (
    Held(
        "job",
        "work that is to be done, with whom it is about",
        kind=Kind.MESSAGES,
        texts="payload error",
    ),
)
