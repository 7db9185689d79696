"""What is kept of the induction."""

from __future__ import annotations

from bot.kit.privacy import LEADS, Erase, Held, Kind

HELD = (
    Held(
        "exemption",
        "somebody may work without the induction, for a reason on record",
        sees=LEADS,
        kind=Kind.LEARNING,
        erase=Erase.BLANK,
        of="person_id",
        by="made_by ended_by",
        texts="words",
        plain="reason",
    ),
    Held(
        "induction",
        "which induction somebody needs",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        plain="because needs",
    ),
    Held(
        "induction_step",
        "which level is done and who confirmed it",
        sees=LEADS,
        kind=Kind.LEARNING,
        of="person_id",
        by="confirmed_by",
    ),
)
