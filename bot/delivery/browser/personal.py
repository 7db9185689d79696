"""What is kept of what is said to people in a browser."""

from __future__ import annotations

from bot.kit.privacy import SEALED, SELF, Erase, Held, Kind

HELD = (
    Held(
        "inbox",
        "what was said to somebody without Telegram, for their page",
        sees=SELF,
        kind=Kind.MESSAGES,
        erase=Erase.DELETE,
        of="person_id",
        chat="chat_id",
        texts="payload",
        plain="voted",
        since="touched_at",
    ),
    Held(
        "sealed_message",
        "what was said to whoever reported without a name",
        sees=SEALED,
        texts="body",
        plain="box",
    ),
)
