"""What is kept of cases: shown to few, and nothing follows before the person has answered."""

from __future__ import annotations

from bot.kit.privacy import NAMED, Erase, Held, Kind

HELD = (
    Held(
        "violation",
        "somebody was seen breaking a rule, with their answer",
        sees=NAMED,
        kind=Kind.CASES,
        erase=Erase.BLANK,
        of="person_id",
        by="by_id looked_by decided_by final_by",
        texts="words media reply reason appeal final_reason",
        plain="decision final",
    ),
)
