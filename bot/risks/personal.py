"""What is kept of who answers for a risk."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "risk_file",
        "a workbook somebody sent, until it is taken in",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name found",
        since="created_at",
    ),
    Held(
        "risk",
        "risks, and who answers for each",
        sees=UNIT,
        by="owner_id created_by closed_by",
        texts="task step hazard",
        plain="inherent residual colour inherent_colour bands standing",
    ),
    Held(
        "risk_control",
        "controls, and who looks after each",
        sees=UNIT,
        by="owner_id created_by",
        texts="words",
        plain="held",
    ),
    Held(
        "risk_check",
        "whether a control is in place",
        sees=SAFETY,
        by="person_id",
        texts="note media",
        plain="file_id",
    ),
    Held(
        "risk_key_place",
        "who chose a place to watch",
        sees=UNIT,
        by="person_id",
    ),
)
