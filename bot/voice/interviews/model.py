"""Interviews as values, and the facts of them. No fact says what anybody said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "iv.draft"
"""The conversation in which interviews are planned, a note is taken, or it is said what changed."""


class Kind(StrEnum):
    """What the interviews are for."""

    SAFETY_TALK = "safety_talk"
    OPINION = "opinion"


class State(StrEnum):
    """Where a round of interviews stands."""

    PLANNED = "planned"
    HELD = "held"
    CLOSED = "closed"


@dataclass(frozen=True)
class Round:
    """A round of interviews about one topic. What was said is none of its values."""

    id: int
    unit: int
    path: str
    lead: int
    kind: Kind
    topic: str
    planned_on: date
    state: State
    changed: str
    made_at: datetime
    rung: int


@dataclass(frozen=True)
class Invited:
    """Somebody who was invited: what they answered (None: nothing yet), and whether they were spoken with."""

    person: int
    agreed: bool | None
    reached: bool


PLANNED = FactKind(
    "InterviewsPlanned", 1, ("round", "unit", "kind", "invited"), "Somebody planned interviews with so many people"
)
HELD = FactKind(
    "InterviewsHeld",
    1,
    ("round", "unit", "kind", "invited", "reached"),
    "Interviews were held, with so many of those invited",
)
CHANGED = FactKind("InterviewsFollowed", 1, ("round", "unit", "days"), "It was said what changed, so many days after")
FACTS = (PLANNED, HELD, CHANGED)

INVITED = UnaskedKind(
    "voice.interviews.invited", 5, Overflow.JOIN, timedelta(days=2), "voice.interviews.invited_title",
    "Somebody is invited to an interview, and hears afterwards what changed.",
)  # fmt: skip
YOURS = UnaskedKind(
    "voice.interviews.yours", 5, Overflow.JOIN, timedelta(days=2), "voice.interviews.yours_title",
    "Interviews that somebody has planned: on their day, while they are overdue, and until it is said what changed.",
)  # fmt: skip
UNASKED = (INVITED, YOURS)
