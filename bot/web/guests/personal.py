"""What is kept of guests."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, Held, Kind

HELD = (
    Held(
        "guest", "who from outside may look at what, why, and who let them", sees=SAFETY, kind=Kind.CASES,
        by="created_by withdrawn_by", texts="name reason", plain="secret_hash pages units", since="ends_at",
    ),
    Held(
        "guest_look", "what a guest looked at", sees=SAFETY, kind=Kind.CASES, plain="address", since="at",
    ),
)  # fmt: skip
