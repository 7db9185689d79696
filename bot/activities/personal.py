"""What is kept of campaigns."""

from __future__ import annotations

from bot.kit.privacy import NAMED, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "campaign",
        "a campaign: who planned it, who judges, its words and poster",
        sees=UNIT,
        by="by_id agreed_by",
        texts="picture jury",
        plain="said stagger",
    ),
    Held(
        "campaign_start",
        "when a team begins",
        sees=UNIT,
    ),
    Held(
        "campaign_answer",
        "that somebody answered a campaign's questions, and how many were right",
        kind=Kind.LEARNING,
        erase=Erase.DELETE,
        of="person_id",
        plain="wave",
        since="at",
    ),
    Held(
        "contest_entry",
        "what somebody sent in",
        sees=UNIT,
        erase=Erase.BLANK,
        of="person_id",
        texts="words photo",
    ),
    Held(
        "contest_vote",
        "whom somebody's vote is for",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "contest_judgement",
        "what a member of the jury said",
        sees=NAMED,
        by="person_id",
    ),
)
