"""What is kept of notices: who has read them."""

from __future__ import annotations

from bot.kit.privacy import LEADS, UNIT, Erase, Held

HELD = (
    Held(
        "notice",
        "what is to be read",
        sees=UNIT,
        by="by_id",
        plain="posts",
    ),
    Held(
        "notice_told",
        "who was told of a notice",
        sees=LEADS,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "notice_version",
        "what a notice says",
        sees=UNIT,
        by="by_id",
        texts="said",
    ),
)
