"""Scenarios of tabletop exercises as values, and the facts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""A sentence by language."""


@dataclass(frozen=True)
class Choice:
    """One thing that can be decided, where it leads, and why it is good or not."""

    says: Words
    why: Words
    next: str
    good: bool


@dataclass(frozen=True)
class Step:
    """What is the case; without choices it is how it ends."""

    says: Words
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A branching story. `facts` are ids of the fact base."""

    code: str
    facts: tuple[str, ...]
    title: Words
    start: str
    steps: Mapping[str, Step]


@dataclass(frozen=True)
class Run:
    """One exercise: where it stands. `place` counts decisions from 0."""

    id: int
    person: int
    scenario: str
    step: str
    place: int
    asked_at: datetime
    started_at: datetime
    ended_at: datetime | None


BEGAN = FactKind("TabletopBegan", 1, ("run", "scenario"), "Somebody has begun a tabletop exercise")
ENDED = FactKind(
    "TabletopEnded", 1, ("run", "scenario", "decisions", "good", "seconds"),
    "A tabletop exercise came to its end: how many decisions, how many of them good, how long they took together",
)  # fmt: skip
FACTS = (BEGAN, ENDED)
