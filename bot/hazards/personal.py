"""What is kept of dangers. Who reported without a name is kept under seal or not at all."""

from __future__ import annotations

from bot.kit.privacy import NAMED, OPERATOR, SAFETY, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "hazard",
        "a danger, until it is gone and to learn from it",
        sees=SAFETY,
        by="reporter_id judged_by owner_id joined_by acknowledged_by rated_by assigned_to assigned_by fixed_by "
        "verified_by rejected_by plan_by",
        texts="place_words words said rated_why fix_words reason plan reporter_seal reporter_mark",
        plain="album",
    ),
    Held(
        "hazard_alike",
        "reports of the same danger",
        sees=SAFETY,
        by="settled_by",
        plain="why",
    ),
    Held(
        "hazard_call",
        "who was called about a danger",
        sees=SAFETY,
        by="person_id",
    ),
    Held(
        "hazard_digest",
        "for whose digest a danger waits",
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "hazard_here",
        "who scanned a place",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
        since="at",
    ),
    Held(
        "hazard_hidden",
        "from whom a report is kept",
        sees=OPERATOR,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "hazard_measure",
        "what was done about a danger",
        sees=SAFETY,
        by="person_id",
        texts="words",
    ),
    Held(
        "hazard_media",
        "pictures and voices of a danger; of its reporter too, so it is shown to few",
        sees=SAFETY,
        texts="media spot",
        plain="file_id error look",
    ),
    Held(
        "hazard_note",
        "questions and answers about a danger",
        sees=NAMED,
        by="person_id",
        texts="words",
    ),
    Held(
        "hazard_outside",
        "calls that left the chat",
        texts="target error",
        plain="way",
    ),
    Held(
        "hazard_practice",
        "who tried a report",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
        since="at",
    ),
    Held(
        "hazard_stop",
        "stopped work",
        sees=UNIT,
        plain="",
    ),
    Held(
        "hazard_tap",
        "who answered the monthly tap",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
        since="asked_at",
    ),
    Held(
        "site_plan",
        "the picture that is a site's plan",
        sees=UNIT,
        by="by_id",
        texts="media",
    ),
    Held(
        "site_spot",
        "where a place is on the plan",
        sees=UNIT,
        by="by_id",
    ),
)
