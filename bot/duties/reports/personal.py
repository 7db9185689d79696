"""What is kept of leaders' safety reports."""

from __future__ import annotations

from bot.kit.privacy import LEADS, Erase, Held

HELD = (
    Held(
        "safety_report",
        "what a leader did, saw and promises",
        sees=LEADS,
        erase=Erase.BLANK,
        of="person_id",
        texts="done seen promised",
        plain="month",
    ),
    Held(
        "site_visit",
        "that a leader was where work is done",
        sees=LEADS,
        erase=Erase.BLANK,
        of="person_id",
        texts="media note latitude longitude",
    ),
)
