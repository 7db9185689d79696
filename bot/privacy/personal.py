"""What is kept of legal holds."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, Held, Kind

HELD = (
    Held(
        "legal_hold",
        "why somebody cannot be erased for now",
        sees=SAFETY,
        kind=Kind.CASES,
        of="person_id",
        texts="reason",
    ),
)
