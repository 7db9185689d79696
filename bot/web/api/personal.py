"""What is kept of who answers for other programs."""

from __future__ import annotations

from bot.kit.privacy import Held, Kind

HELD = (
    Held(
        "api_token",
        "which other programs may ask Davy what, and who answers for each",
        kind=Kind.WORK,
        by="owner_id",
        plain="name live_name units scopes",
    ),
    Held("api_once", "that a call of another program was answered, under seal", kind=Kind.ACCESS),
)
