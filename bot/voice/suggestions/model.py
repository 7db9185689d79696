"""Suggestions as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "vs.draft"
"""The conversation in which a suggestion is written, decided, or said to be done."""


class State(StrEnum):
    """Where a suggestion stands."""

    OPEN = "open"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True)
class Suggestion:
    """What somebody suggests; `owner` and `due_on` where it was accepted, `back_on` where it was put off."""

    id: int
    person: int
    unit: int
    path: str
    words: str
    state: State
    reason: str
    decided_by: int | None
    owner: int | None
    due_on: date | None
    back_on: date | None
    done_words: str
    made_at: datetime
    rung: int

    @property
    def ref(self) -> str:
        """Under which the message of whoever suggested it stands."""
        return f"suggestion:{self.id}"


@dataclass(frozen=True)
class Votes:
    """How many colleagues are for it and against it, and what the reader has said (1, -1, 0)."""

    up: int = 0
    down: int = 0
    mine: int = 0


MADE = FactKind("SuggestionMade", 1, ("suggestion", "unit"), "Somebody suggested something for safety")
VOTED = FactKind("SuggestionVoted", 1, ("suggestion",), "Somebody voted on a colleague's suggestion for the first time")
DECIDED = FactKind(
    "SuggestionDecided", 1, ("suggestion", "unit", "decision"), "Somebody decided: accepted, rejected, deferred"
)
DONE = FactKind(
    "SuggestionDone", 1, ("suggestion", "unit", "days_left"),
    "An accepted suggestion was carried out, so many days before its day (below 0: after); person is its owner",
)  # fmt: skip
ESCALATED = FactKind(
    "SuggestionEscalated", 1, ("suggestion", "unit", "why"), "undecided or overdue: whoever stands above was told"
)
FACTS = (MADE, VOTED, DECIDED, DONE, ESCALATED)

TO_DECIDE = UnaskedKind(
    "voice.suggestions.to_decide", 6, Overflow.JOIN, timedelta(days=3), "voice.suggestions.to_decide_title",
    "A suggestion waits for a decision: at once, after a week, and each week after.",
)  # fmt: skip
STATUS = UnaskedKind(
    "voice.suggestions.status", 5, Overflow.JOIN, timedelta(days=3), "voice.suggestions.status_title",
    "What became of one's own suggestion, step by step.",
)  # fmt: skip
YOURS = UnaskedKind(
    "voice.suggestions.yours", 4, Overflow.JOIN, timedelta(days=2), "voice.suggestions.yours_title",
    "An accepted suggestion that somebody is to carry out: given, due, overdue.",
)  # fmt: skip
UNASKED = (TO_DECIDE, STATUS, YOURS)
