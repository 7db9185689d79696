"""What is kept of inspections."""

from __future__ import annotations

from bot.kit.privacy import LEADS, SAFETY, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "checklist_file",
        "a workbook somebody sent, until it is taken in",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name found",
        since="created_at",
    ),
    Held(
        "inspection",
        "who looked at what, and how carefully it was done",
        sees=LEADS,
        by="person_id",
        plain="signs",
    ),
    Held(
        "inspection_answer",
        "what was found",
        sees=SAFETY,
        texts="value note",
    ),
    Held(
        "inspection_photo",
        "pictures of what was found",
        sees=SAFETY,
        texts="media",
        plain="file_id look",
    ),
    Held(
        "checklist",
        "checklists",
        plain="title",
    ),
    Held(
        "checklist_adoption",
        "who adopted a checklist",
        sees=UNIT,
        by="person_id",
    ),
    Held(
        "checklist_plan",
        "who planned checks",
        sees=UNIT,
        by="person_id",
    ),
    Held(
        "checklist_version",
        "who changed a checklist",
        sees=UNIT,
        by="person_id",
        plain="content",
    ),
    Held(
        "spot_rule",
        "who set random checks",
        sees=UNIT,
        by="person_id",
    ),
    Held(
        "spot_draw",
        "draws of random checks",
        plain="slots drawn",
    ),
    Held(
        "wanted_check",
        "one question to those who lead",
        sees=SAFETY,
        by="person_id",
        texts="note answer",
        plain="file_id",
    ),
)
