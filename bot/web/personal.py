"""What is kept of sign-ins to the dashboard."""

from __future__ import annotations

from bot.kit.privacy import Erase, Held, Kind

HELD = (
    Held(
        "web_session",
        "who is signed in to the dashboard",
        kind=Kind.ACCESS,
        erase=Erase.DELETE,
        of="person_id",
        since="expires_at",
    ),
)
