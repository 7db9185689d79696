"""What is kept of who writes lessons."""

from __future__ import annotations

from bot.kit.privacy import TRAINERS, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "lesson_draft",
        "a lesson that is being written",
        sees=TRAINERS,
        kind=Kind.DRAFTS,
        by="person_id",
        texts="content",
    ),
    Held(
        "lesson_file",
        "pictures and voices of a lesson",
        sees=TRAINERS,
        texts="media",
        plain="error",
    ),
    Held(
        "lesson_correction",
        "what a lesson said wrong",
        sees=UNIT,
        by="person_id",
        texts="words",
    ),
    Held(
        "voice_note",
        "a lesson read aloud: a voice is of somebody",
        sees=UNIT,
        erase=Erase.DELETE,
        of="person_id",
        texts="media",
    ),
)
