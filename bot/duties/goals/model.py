"""Goals as values, and their facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "dg.draft"
"""The conversation in which a goal is set, noted or handed over."""


class State(StrEnum):
    """Where a goal stands."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Goal:
    """What is to be reached until when; `owner` is the one who is accountable, and there is one only."""

    id: int
    unit: int
    path: str
    parent: int | None
    owner: int
    words: str
    target: int
    due_on: date
    state: State


@dataclass(frozen=True)
class Step:
    """So much of a goal was done on a day."""

    goal: int
    on: date
    amount: int


@dataclass(frozen=True)
class Line:
    """A goal in a digest: its own steps, and with those of all goals below it."""

    goal: Goal
    own: int
    whole: int
    this_week: int
    overdue: bool


@dataclass(frozen=True)
class Digest:
    """The week in figures, each the sum of rows: `open + reached + dropped` are all goals."""

    lines: tuple[Line, ...]
    open: int
    reached: int
    dropped: int
    overdue: int
    steps_this_week: int


SET = FactKind(
    "GoalSet", 1, ("goal", "unit", "parent", "target"), "A goal was set; person is whoever is accountable for it"
)
STEPPED = FactKind("GoalStepped", 1, ("goal", "amount"), "So much of a goal was done (person: whoever is accountable)")
REACHED = FactKind(
    "GoalReached", 1, ("goal", "days_left"), "A goal was reached, so many days before its day (below 0: after)"
)
DROPPED = FactKind("GoalDropped", 1, ("goal",), "A goal was given up by whoever leads there")
REFUSED = FactKind(
    "SecondOrderRefused", 1, ("goal", "unit"), "Somebody ordered what another is accountable for; it was refused"
)
HANDED = FactKind(
    "GoalHandedOver",
    1,
    ("goal", "handover"),
    "Another is accountable from now on (person): both sides said yes, or (no handover) the owner left",
)
FACTS = (SET, STEPPED, REACHED, DROPPED, REFUSED, HANDED)

YOURS = UnaskedKind(
    "duties.goals.yours", 3, Overflow.JOIN, timedelta(days=2), "duties.goals.yours_title",
    "A goal that somebody is accountable for, or is asked to take over.",
)  # fmt: skip
WEEK = UnaskedKind(
    "duties.goals.week",
    7,
    Overflow.JOIN,
    timedelta(days=3),
    "duties.goals.week_title",
    "The goals of one's units, once a week.",
)
UNASKED = (YOURS, WEEK)
