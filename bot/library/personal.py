"""What is kept of who wrote and signed what is taught."""

from __future__ import annotations

from bot.kit.privacy import SELF, TRAINERS, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "doubt",
        "somebody says that a question is wrong",
        sees=TRAINERS,
        kind=Kind.LEARNING,
        erase=Erase.BLANK,
        of="person_id",
        texts="words",
        since="settled_at",
    ),
    Held(
        "correction",
        "what a corrected question said wrong",
        sees=UNIT,
        by="person_id",
        texts="words",
    ),
    Held(
        "adoption",
        "who takes lessons in for a unit",
        sees=TRAINERS,
        by="person_id",
    ),
    Held(
        "signature",
        "who has read a lesson and lets it go out",
        sees=TRAINERS,
        by="person_id",
    ),
    Held(
        "upload",
        "a file with questions, until it is taken in",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.DELETE,
        of="person_id",
        texts="name media changes plan",
        since="settled_at",
    ),
    Held(
        "bank",
        "banks of questions",
        plain="title",
    ),
    Held(
        "bank_change",
        "which question changed",
        plain="",
    ),
    Held(
        "bank_version",
        "who changed a bank",
        sees=TRAINERS,
        by="person_id",
    ),
    Held(
        "lesson",
        "lessons",
        plain="",
    ),
    Held(
        "lesson_scope",
        "where a lesson holds",
        plain="",
    ),
    Held(
        "lesson_version",
        "what a lesson says, and who published it",
        sees=TRAINERS,
        by="person_id",
        texts="content",
    ),
    Held(
        "question",
        "questions",
        plain="said_in aside_in",
    ),
    Held(
        "question_scope",
        "where a question holds",
        plain="",
    ),
    Held(
        "question_version",
        "what a question says",
        sees=TRAINERS,
        texts="content",
    ),
    Held(
        "shipped_file",
        "shipped files that were taken in",
        plain="name",
    ),
    Held(
        "lesson_retold",
        "from which incident a draft of a lesson comes, and who let it go",
        sees=TRAINERS,
        by="told_by released_by",
        plain="asked_digest released_digest places",
    ),
)
