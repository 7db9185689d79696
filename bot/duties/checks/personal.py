"""What is kept of checks of duties."""

from __future__ import annotations

from bot.kit.privacy import LEADS, Erase, Held

HELD = (
    Held(
        "duty_check",
        "whether a duty is done, with the answer of whoever has it",
        sees=LEADS,
        erase=Erase.BLANK,
        of="person_id",
        by="checker_id",
        texts="note media reply",
        plain="round duty",
    ),
)
