"""What is kept of people by their personnel files."""

from __future__ import annotations

from bot.kit.privacy import SELF, Erase, Held, Kind

HELD = (
    Held(
        "people_file",
        "a personnel file somebody sent, until it is applied; a day at most",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name found",
        since="created_at",
    ),
)
