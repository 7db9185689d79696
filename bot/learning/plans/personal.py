"""What is kept of who planned what is learned."""

from __future__ import annotations

from bot.kit.privacy import TRAINERS, Held

HELD = (
    Held(
        "lesson_plan",
        "what people of a unit learn when",
        sees=TRAINERS,
        by="decided_by closed_by",
        plain="which closed_as",
    ),
    Held(
        "lesson_plan_post",
        "for which posts",
        plain="",
    ),
)
