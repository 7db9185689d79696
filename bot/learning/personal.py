"""What is kept of learning."""

from __future__ import annotations

from bot.kit.privacy import LEADS, SELF, TRAINERS, Erase, Held, Kind

HELD = (
    Held(
        "answer",
        "what was answered, to know what comes again",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        plain="shown chosen",
        since="answered_at",
    ),
    Held(
        "assignment",
        "what was put before somebody to learn",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="expires_at",
    ),
    Held(
        "memory",
        "when a question is due again for somebody",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="reviewed_at",
    ),
    Held(
        "outdated_reading",
        "who read a version that was changed",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="at",
    ),
    Held(
        "reading",
        "who read which lesson",
        sees=LEADS,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "wish",
        "what somebody asked to learn",
        sees=SELF,
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        since="at",
    ),
    Held(
        "weak_topic",
        "what a team is often wrong about",
        sees=TRAINERS,
        plain="",
    ),
)
