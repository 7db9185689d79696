"""What is kept of scores, their issue, and who looked."""

from __future__ import annotations

from bot.kit.privacy import SAFETY, SELF, UNIT, Erase, Held, Kind

HELD = (
    Held("participation_today", "how many of a unit took part today", sees=UNIT),
    Held("participation_mark", "up to which fact today's figures are counted up"),
    Held(
        "agreement",
        "what was agreed on figures of people, by whom and why",
        sees=UNIT,
        kind=Kind.CASES,
        by="asked_by answered_by ended_by",
        plain="purpose open_key held_key",
    ),
    Held(
        "score_policy",
        "how scores are made, in words",
        sees=UNIT,
        plain="version sha256 text",
    ),
    Held(
        "score_export",
        "a file of scores that somebody asked for",
        sees=SELF,
        kind=Kind.DRAFTS,
        erase=Erase.BLANK,
        of="person_id",
        by="by_id",
        texts="people media",
        plain="format",
        since="done_at",
    ),
    Held(
        "score_export_part",
        "a part of such a file while it is made",
        kind=Kind.DRAFTS,
        texts="body",
    ),
    Held(
        "score_look",
        "who looked at whose score, and when",
        sees=SELF,
        kind=Kind.PRESENCE,
        erase=Erase.DELETE,
        of="person_id",
        by="by_id",
        plain="how",
        since="at",
    ),
    Held(
        "score_snapshot",
        "an issued period, by pseudonym, with its signature",
        sees=SAFETY,
        kind=Kind.CASES,
        by="by_id",
        texts="media",
        plain="version sha256",
    ),
)
