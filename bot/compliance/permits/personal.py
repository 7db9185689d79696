"""What is kept of permits to work."""

from __future__ import annotations

from bot.kit.privacy import NAMED, Held, Kind

HELD = (
    Held(
        "permit",
        "who works under which permit, and who answers for it",
        sees=NAMED,
        kind=Kind.CASES,
        by="receiver_id issuer_id closed_by",
        texts="words",
    ),
    Held(
        "permit_gas",
        "who measured the air",
        sees=NAMED,
        kind=Kind.CASES,
        by="by_id",
    ),
)
