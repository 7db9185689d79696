"""What is kept of questions to the safety officer."""

from __future__ import annotations

from bot.kit.privacy import NAMED, Erase, Held

HELD = (
    Held(
        "question_asked",
        "a question to the safety officer and the answer",
        sees=NAMED,
        erase=Erase.BLANK,
        of="person_id",
        by="answered_by",
        texts="words answer",
    ),
)
