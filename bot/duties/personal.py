"""What is kept of duties."""

from __future__ import annotations

from bot.kit.privacy import LEADS, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "duty_file",
        "a workbook somebody sent, until it is taken in",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name found",
        since="created_at",
    ),
    Held(
        "duty_list",
        "what a post must do, and who signed it",
        sees=UNIT,
        by="signed_by",
        plain="duties source",
    ),
    Held(
        "duty_given",
        "whom a list binds, and whether they have it",
        sees=LEADS,
        of="person_id",
    ),
    Held(
        "duty_quiz",
        "questions about the own duties",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        plain="questions",
        since="done_at",
    ),
)
