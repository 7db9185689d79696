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
        plain="agent via",
        since="expires_at",
    ),
    Held(
        "used_launch",
        "so that what opens the Mini App opens it once",
        kind=Kind.ACCESS,
        since="until",
    ),
)
