"""What is kept of incidents: a restricted register, whoever was hurt under seal."""

from __future__ import annotations

from bot.kit.privacy import NAMED, SEALED, Held, Kind

HELD = (
    Held(
        "incident",
        "somebody was hurt or nearly, for the investigation and the law",
        sees=NAMED,
        kind=Kind.CASES,
        by="owner_id reporter_id signed_by",
        texts="place_words",
        plain="injury",
    ),
    Held(
        "incident_injured",
        "who was hurt, under seal",
        sees=SEALED,
        kind=Kind.CASES,
        texts="sealed mark",
    ),
    Held(
        "incident_entry",
        "what is known of an incident",
        sees=NAMED,
        kind=Kind.CASES,
        by="person_id",
        texts="words media",
        plain="file_kind file_id",
    ),
    Held(
        "incident_action",
        "what is done so that it does not happen again",
        sees=NAMED,
        kind=Kind.CASES,
        by="owner_id created_by",
        texts="words",
    ),
    Held(
        "incident_check",
        "whether it is the same elsewhere",
        sees=NAMED,
        kind=Kind.CASES,
        plain="",
    ),
    Held(
        "incident_clock",
        "what the law wants by when",
        sees=NAMED,
        kind=Kind.CASES,
        by="settled_by",
        texts="words",
        plain="rule",
    ),
    Held(
        "incident_look",
        "who looked at a restricted record",
        sees=NAMED,
        kind=Kind.CASES,
        by="person_id",
    ),
    Held(
        "incident_member",
        "who investigates",
        sees=NAMED,
        kind=Kind.CASES,
        of="person_id",
    ),
)
