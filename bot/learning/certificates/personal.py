"""What is kept of certificates."""

from __future__ import annotations

from bot.kit.privacy import LEADS, Erase, Held, Kind

HELD = (
    Held(
        "certificate",
        "that somebody passed, for whoever checks the paper",
        sees=LEADS,
        kind=Kind.LEARNING,
        erase=Erase.BLANK,
        of="person_id",
        by="issued_by revoked_by",
        texts="name badge reason file lines",
        plain="number_hash title",
    ),
)
