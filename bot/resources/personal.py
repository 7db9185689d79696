"""What is kept of money, equipment, facilities, checks and staffing."""

from __future__ import annotations

from bot.kit.privacy import NAMED, SAFETY, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "budget_line",
        "what a unit may spend",
        sees=SAFETY,
        by="set_by",
        plain="heading currency alert_at",
    ),
    Held(
        "budget_limit",
        "who may approve how much",
        sees=SAFETY,
        plain="currency",
    ),
    Held(
        "budget_alarm",
        "that a share of a budget was told",
    ),
    Held(
        "budget_request",
        "who asked for money, for what, and the answer",
        sees=NAMED,
        erase=Erase.BLANK,
        of="person_id",
        by="answered_by",
        texts="words photo reason",
    ),
    Held(
        "budget_booking",
        "what was paid",
        sees=SAFETY,
        by="person_id",
        texts="words",
    ),
    Held(
        "post_rate",
        "what an hour of a post costs",
        sees=SAFETY,
        plain="currency",
    ),
    Held(
        "equipment_item",
        "what equipment there is, and who keeps it",
        sees=UNIT,
        by="keeper_id",
        plain="names sizes",
    ),
    Held(
        "equipment_stock",
        "how many of a size there are",
        sees=UNIT,
        plain="size",
    ),
    Held(
        "equipment_request",
        "who asked for equipment, in which size",
        sees=NAMED,
        erase=Erase.BLANK,
        of="person_id",
        by="handed_by",
        texts="reason",
        plain="size why open_key",
    ),
    Held(
        "equipment_piece",
        "who was given which piece, and until when it holds",
        sees=NAMED,
        of="person_id",
        plain="size",
    ),
    Held(
        "facility",
        "a safety facility, and who looks after it",
        sees=UNIT,
        by="owner_id",
        texts="words",
    ),
    Held(
        "facility_check",
        "who looked at a facility, and what they saw",
        sees=SAFETY,
        by="person_id",
        texts="words",
    ),
    Held(
        "checkup",
        "when somebody's health check is due and was done; never what was found",
        sees=NAMED,
        kind=Kind.EMPLOYMENT,
        erase=Erase.DELETE,
        of="person_id",
        since="ended_at",
    ),
    Held(
        "safety_named",
        "who was named for safety in a unit",
        sees=UNIT,
        of="person_id",
        plain="open_key",
    ),
    Held(
        "staffing",
        "how many safety people are required",
        sees=UNIT,
        plain="source",
    ),
)
