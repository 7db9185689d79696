"""What is kept of times that are not as usual."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "abnormal_state",
        "who asked for it and who ended it",
        sees=UNIT,
        by="asked_by ended_by",
        texts="words",
        plain="each",
    ),
)
