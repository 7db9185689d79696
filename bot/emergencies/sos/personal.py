"""What is kept of calls for help."""

from __future__ import annotations

from bot.kit.privacy import LEADS, Erase, Held, Kind

HELD = (
    Held(
        "lone_work",
        "who works alone, to ask whether all is well",
        sees=LEADS,
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="open_person person_id",
        texts="words",
        since="ended_at",
    ),
    Held(
        "sos",
        "somebody called for help, and where they were",
        sees=LEADS,
        erase=Erase.BLANK,
        of="person_id",
        by="seen_by",
        texts="words latitude longitude",
    ),
)
