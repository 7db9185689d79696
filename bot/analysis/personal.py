"""What is kept of the monthly page."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, Held

HELD = (
    Held(
        "review_item",
        "what a unit means to do, and who looks after it",
        sees=SAFETY,
        by="owner_id added_by",
        texts="words",
        plain="phase",
    ),
    Held(
        "review_event",
        "what became of it, and who said so",
        sees=SAFETY,
        by="person_id",
        texts="words",
        plain="phase",
    ),
)
