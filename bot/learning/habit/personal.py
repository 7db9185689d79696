"""What is kept of days on which somebody learned."""

from __future__ import annotations

from bot.kit.privacy import SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "habit_badge",
        "good things done for the first time",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        plain="badge",
    ),
    Held(
        "habit_day",
        "days on which somebody learned",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="at",
    ),
    Held(
        "habit_excuse",
        "days that somebody says count for nothing",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "habit_member",
        "who joined the board of teams",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "habit_board",
        "which unit has a board",
        sees=UNIT,
        by="by",
    ),
    Held(
        "habit_switch",
        "where habit is switched off",
        sees=UNIT,
        by="by",
    ),
)
