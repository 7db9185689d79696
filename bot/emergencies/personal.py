"""What is kept for emergencies."""

from __future__ import annotations

from bot.kit.privacy import UNIT, Held

HELD = (
    Held(
        "emergency_plan",
        "whom to call and what to do",
        sees=UNIT,
        by="owner_id",
        texts="steps organisation contacts routes",
        plain="title",
    ),
    Held(
        "emergency_material",
        "what lies ready until when",
        sees=UNIT,
        texts="words",
    ),
)
