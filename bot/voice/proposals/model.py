"""Proposals as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "vp.draft"
"""The conversation in which a proposal is written, answered or decided, or somebody is named to a committee."""


class State(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ADOPTED = "adopted"
    DROPPED = "dropped"


class Stand(StrEnum):
    """What a member of the committee says."""

    AGREES = "agrees"
    DISSENTS = "dissents"


@dataclass(frozen=True)
class Proposal:
    """What a unit's committee was asked."""

    id: int
    unit: int
    path: str
    put_by: int
    words: str
    state: State
    put_at: datetime
    due_at: datetime
    reason: str
    decided_by: int | None
    decided_at: datetime | None
    rung: int

    @property
    def ref(self) -> str:
        """Under which the members' copies stand."""
        return f"proposal:{self.id}"


@dataclass(frozen=True)
class Voice:
    """A member who was asked, and what they said: nothing yet (None), or where they stand and why."""

    person: int
    stand: Stand | None
    reason: str


PUT = FactKind(
    "ProposalPut", 1, ("proposal", "unit", "asked"), "A proposal was put to a unit's committee, to so many members"
)
SPOKEN = FactKind(
    "ProposalAnswered", 1, ("proposal", "stand"), "A member of the committee said for the first time where they stand"
)
DECIDED = FactKind(
    "ProposalDecided", 1, ("proposal", "unit", "decision", "asked", "agreed", "dissented", "silent"),
    "A proposal was decided; its record keeps who was asked, who dissented and why",
)  # fmt: skip
FACTS = (PUT, SPOKEN, DECIDED)

ASKED = UnaskedKind(
    "voice.proposals.asked", 4, Overflow.JOIN, timedelta(days=2), "voice.proposals.asked_title",
    "A proposal that somebody is asked about as a member of a committee, and once more before its day.",
)  # fmt: skip
TO_DECIDE = UnaskedKind(
    "voice.proposals.to_decide", 5, Overflow.JOIN, timedelta(days=2), "voice.proposals.to_decide_title",
    "A proposal that everybody has spoken about, or whose day is over: it waits for its decision.",
)  # fmt: skip
RESULT = UnaskedKind(
    "voice.proposals.result", 6, Overflow.JOIN, timedelta(days=3), "voice.proposals.result_title",
    "The decision on a proposal, with its dissent, to everybody who was asked.",
)  # fmt: skip
UNASKED = (ASKED, TO_DECIDE, RESULT)
