"""What is kept of exercises at a table."""

from __future__ import annotations

from bot.kit.privacy import SELF, Held, Kind

HELD = (
    Held(
        "tabletop",
        "an exercise somebody played",
        sees=SELF,
        kind=Kind.LEARNING,
        of="person_id",
        plain="scenario",
    ),
    Held(
        "tabletop_decision",
        "what was decided in it",
        sees=SELF,
        kind=Kind.LEARNING,
        plain="",
    ),
)
