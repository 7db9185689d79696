"""What is kept of toolbox talks."""

from __future__ import annotations

from bot.kit.privacy import LEADS, OPERATOR, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "talk",
        "a talk of a crew",
        sees=UNIT,
        kind=Kind.LEARNING,
        by="led_by",
    ),
    Held(
        "talk_answer",
        "that somebody has answered, never what",
        sees=OPERATOR,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "talk_member",
        "who was at a talk",
        sees=LEADS,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="here_at",
    ),
    Held(
        "talk_question",
        "how many of a crew were right",
        sees=UNIT,
        kind=Kind.LEARNING,
        plain="shown",
    ),
)
