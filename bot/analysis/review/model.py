"""What a review holds: actions, developments of the industry, trials of new techniques; each with an owner and a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "rv.draft"
"""The conversation in which an entry is made, noted or ended."""
MOST_WORDS = 500
DAYS = (14, 30, 60, 90)


class Kind(StrEnum):
    """What an entry is: something to improve, something new in the industry to look at, a technique that is tried out."""

    ACTION = "action"
    DEVELOPMENT = "development"
    TRIAL = "trial"


class Phase(StrEnum):
    """Where an entry stands in the cycle."""

    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"


class State(StrEnum):
    """An entry is open, or ended in one of two ways."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Item:
    """An entry; `opened` and `month` are the first days of the months in which it was added and stands now."""

    id: int
    unit: int
    path: str
    kind: Kind
    phase: Phase
    state: State
    words: str
    owner: int
    due_on: date
    opened: date
    month: date
    round: int


ADDED = FactKind(
    "ReviewItemAdded", 1, ("item", "unit", "kind"), "An entry of a unit's monthly review; person is its owner"
)
MOVED = FactKind(
    "ReviewItemMoved", 1, ("item", "phase"), "An entry of a review went on to another step: plan, do, check, act"
)
NOTED = FactKind(
    "ReviewItemNoted",
    1,
    ("item", "what"),
    "Something was noted on a review's entry. what: note, due, passed (its owner left)",
)
CARRIED = FactKind(
    "ReviewItemCarried", 1, ("item", "months"), "An entry was open at the end of a month and goes on; the how manieth"
)
ENDED = FactKind(
    "ReviewItemEnded", 1, ("item", "state", "late"), "An entry of a review is done or given up, with what came of it"
)
FACTS = (ADDED, MOVED, NOTED, CARRIED, ENDED)

GOES_ON = UnaskedKind(
    "analysis.review.goes_on", 6, Overflow.JOIN, timedelta(days=3), "analysis.review.goes_on_title",
    "Entries of a monthly review that are open and go on into a new month; to their owner.",
)  # fmt: skip
YOURS = UnaskedKind(
    "analysis.review.yours", 4, Overflow.JOIN, timedelta(days=2), "analysis.review.yours_title",
    "Somebody is made the owner of an entry of a monthly review.",
)  # fmt: skip
UNASKED = (GOES_ON, YOURS)
