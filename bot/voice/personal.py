"""What is kept of what people ask, suggest, answer and promise."""

from __future__ import annotations

from bot.kit.privacy import LEADS, NAMED, SAFETY, SEALED, UNIT, Erase, Held, Kind

HELD = (
    Held(
        "answer_word",
        "words by which an answer is found",
        sees=UNIT,
        plain="word",
    ),
    Held(
        "suggestion",
        "what somebody suggested, and what became of it",
        sees=UNIT,
        erase=Erase.BLANK,
        of="person_id",
        by="decided_by owner_id",
        texts="words reason done_words",
    ),
    Held(
        "suggestion_vote",
        "who is for or against a suggestion",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "committee_member",
        "who speaks for a unit",
        sees=UNIT,
        erase=Erase.DELETE,
        of="person_id",
        by="named_by",
    ),
    Held(
        "proposal",
        "what a unit was asked, and what was decided",
        sees=UNIT,
        by="put_by decided_by",
        texts="words reason",
    ),
    Held(
        "proposal_voice",
        "how somebody stood, and why",
        sees=UNIT,
        erase=Erase.BLANK,
        of="person_id",
        texts="reason",
        plain="stand",
    ),
    Held(
        "pulse",
        "a survey and its statements",
        sees=UNIT,
        by="started_by",
        plain="statements",
    ),
    Held(
        "pulse_person",
        "who was asked in a survey that runs, never what they answered",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "pulse_cell",
        "sums of answers of a part of a unit, nobody's own",
        sees=SEALED,
        plain="sealed",
    ),
    Held(
        "interview_round",
        "a round of talks: its topic, what changed, notes under seal",
        sees=SAFETY,
        by="lead_id",
        texts="topic changed",
        plain="sealed",
    ),
    Held(
        "interview_person",
        "who was to be talked to, and whether they were reached",
        sees=NAMED,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "pledge",
        "who signed the pledge, and until when",
        sees=LEADS,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "pledge_asked",
        "how often somebody was asked for the pledge",
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
    ),
    Held(
        "pledge_call",
        "who asked a unit for its pledge",
        sees=UNIT,
        by="by_id",
    ),
)
