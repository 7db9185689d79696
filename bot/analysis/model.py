"""What an analysis speaks of: the figures of a question in one version, why one teaches nothing, what a team believes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.ledger.model import FactKind
from bot.library.model import Localized, Question

LEAST_SHOWN = 5
"""Figures of fewer people are not shown at all: they would tell what one of them answered."""
LEAST_JUDGED = 20
"""From so many first answers on it is said what is wrong with a question."""
LEAST_COMPARED = 30
"""From so many people on it is said whether a question tells those who know from those who do not."""
LEAST_OTHERS = 4
"""A person is compared by the other questions of the bank: they must have answered so many of them."""


class Reason(StrEnum):
    """Why a question teaches nothing, the worst first."""

    NOBODY = "nobody"
    AGAINST = "against"
    EVERYBODY = "everybody"
    FLAT = "flat"
    IDLE = "idle"


@dataclass(frozen=True)
class Group:
    """First answers that are the same: this question and version, these positions chosen, about as quickly given.

    `chosen` is None for a kind that has no written choices. `bucket` is the place in `store.SECONDS`, None where the
    answer lay for long. `others`, `known`, `squares`: of how many people the share right on other questions is known,
    the sum of these shares and of their squares.
    """

    question: str
    version: int
    right: bool
    chosen: tuple[int, ...] | None
    bucket: int | None
    count: int
    others: int = 0
    known: float = 0.0
    squares: float = 0.0


@dataclass(frozen=True)
class Figures:
    """How a version of a question was answered at first, each with the number of people behind it.

    `discrimination` is -1 to 1, None where it cannot be told; `seconds` the median time; `taken` how often each position
    was chosen.
    """

    question: str
    version: int
    count: int
    right: int
    compared: int = 0
    discrimination: float | None = None
    timed: int = 0
    seconds: float | None = None
    taken: Mapping[int, int] = field(default_factory=dict)

    @property
    def facility(self) -> float:
        """The share who were right at the first try, 0 to 1."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True)
class Item:
    """A question's version with its figures and what is to be said of it."""

    content: Question
    figures: Figures
    live: bool
    """Whether it is the version that is asked now."""
    reasons: tuple[Reason, ...] = ()
    idle: tuple[int, ...] = ()
    """The wrong choices that hardly anybody takes."""


@dataclass(frozen=True)
class Analysis:
    """A bank's items, the live ones first in the order of how many were right, and whose answers they rest on."""

    bank: str
    title: Localized
    places: tuple[Mapping[str, str] | str, ...]
    items: tuple[Item, ...]


# --- what teams believe --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """A team's newest answers about a topic: of how many different people, how many answers, how many of them wrong."""

    unit: int
    topic: str
    people: int
    answers: int
    wrong: int


@dataclass(frozen=True)
class Reported:
    """What stands open in a team about a topic: dangers found lately, and fixes that are overdue."""

    unit: int
    topic: str
    hazards: int
    overdue: int


@dataclass(frozen=True)
class Spot:
    """A team and a topic: how many answers are wrong, what was found there, what is overdue, and the belief held by most.

    `belief` names the question, its version and the positions chosen; None where no wrong answer stands out.
    """

    unit: int
    topic: str
    people: int
    answers: int
    wrong: int
    hazards: int = 0
    overdue: int = 0
    belief: tuple[str, int, tuple[int, ...]] | None = None


PUT_FIRST = FactKind(
    "LessonPutFirst",
    1,
    ("topic", "people"),
    "A trainer had the lesson about a topic come first for a team, for so many people.",
)
FACTS = (PUT_FIRST,)
