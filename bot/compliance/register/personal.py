"""What is kept of who looks after the legal register."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "law_file",
        "a workbook somebody sent, until it is taken in",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name found",
        since="created_at",
    ),
    Held(
        "law",
        "rules, and who looks after each",
        sees=UNIT,
        by="owner_id",
        plain="title version source changes binds topics watch watch_tag watch_digest watch_error",
    ),
    Held(
        "law_evaluation",
        "whether a rule is met, with evidence",
        sees=SAFETY,
        by="by_id",
        texts="words media",
    ),
    Held(
        "law_flag",
        "what a changed rule touches",
        sees=SAFETY,
        by="settled_by",
    ),
    Held(
        "law_version",
        "what a rule said when",
        sees=UNIT,
        by="by_id",
        plain="version source changes",
    ),
)
