"""What is kept of goals."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "safety_goal",
        "a goal, and who answers for it",
        sees=UNIT,
        by="owner_id set_by",
        texts="words",
        plain="open_item",
    ),
    Held(
        "goal_handover",
        "a goal that changes hands",
        sees=UNIT,
        by="from_id to_id asked_by",
    ),
    Held(
        "goal_step",
        "what was done for a goal",
        sees=UNIT,
        by="person_id",
    ),
)
