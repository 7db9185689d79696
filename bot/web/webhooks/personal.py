"""What is kept of calls to other programs."""

from __future__ import annotations

from bot.kit.privacy import Erase, Held, Kind

HELD = (
    Held(
        "webhook",
        "which addresses are told of what, and who answers for each",
        kind=Kind.WORK,
        by="owner_id",
        plain="name live_name url secret_sealed units scopes events",
    ),
    Held(
        "webhook_call",
        "that another program was, or is to be, told of a fact; the fact's numbers",
        kind=Kind.MESSAGES,
        erase=Erase.DELETE,
        of="person_id",
        plain="event payload error",
        since="done_at",
    ),
)
