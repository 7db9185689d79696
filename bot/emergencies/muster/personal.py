"""What is kept of musters."""

from __future__ import annotations

from bot.kit.privacy import LEADS, UNIT, Held, Kind

HELD = (
    Held(
        "muster",
        "that people were called together and counted",
        sees=UNIT,
        by="started_by closed_by",
        texts="lessons",
        plain="shown",
    ),
    Held(
        "muster_guest",
        "guests who were counted",
        sees=LEADS,
        kind=Kind.PRESENCE,
        by="by_id",
        texts="name",
        since="first_at",
    ),
    Held(
        "muster_roster",
        "who was safe",
        sees=LEADS,
        of="person_id",
        by="by_id",
    ),
)
