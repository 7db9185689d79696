"""What is kept of visits from outside."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, Held, Kind

HELD = (
    Held(
        "visit",
        "an inspection by an authority",
        sees=SAFETY,
        kind=Kind.CASES,
        by="person_id",
        texts="authority scope",
    ),
    Held(
        "visit_finding",
        "what was found, and who puts it right",
        sees=SAFETY,
        kind=Kind.CASES,
        by="owner_id corrected_by closed_by",
        texts="words",
    ),
    Held(
        "visit_note",
        "proof, objections, more time",
        sees=SAFETY,
        kind=Kind.CASES,
        by="person_id",
        texts="words",
    ),
    Held(
        "visit_evidence",
        "files of a visit",
        sees=SAFETY,
        kind=Kind.CASES,
        by="person_id",
        texts="name media",
        plain="file_kind file_id",
    ),
    Held(
        "visit_pack",
        "the evidence as one file",
        sees=SAFETY,
        kind=Kind.CASES,
        by="person_id",
        texts="media",
    ),
    Held(
        "guest_link",
        "a door for the inspector",
        sees=SAFETY,
        kind=Kind.CASES,
        by="person_id revoked_by",
        plain="secret",
    ),
    Held(
        "guest_view",
        "what the inspector looked at",
        sees=SAFETY,
        kind=Kind.CASES,
        plain="",
    ),
)
