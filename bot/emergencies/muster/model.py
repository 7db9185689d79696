"""Musters as values, and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind


class Answer(StrEnum):
    """What is known of somebody on the roster."""

    SILENT = "silent"
    SAFE = "safe"
    HELP = "help"
    ABSENT = "absent"


WARDEN, OTHER = 0, 1
"""In which order people are called."""


@dataclass(frozen=True)
class Muster:
    """One muster: real or a drill, of a unit and all that lies in it."""

    id: int
    unit: int
    path: str
    real: bool
    everybody: bool
    open: bool
    started_by: int
    started_at: datetime
    round: int
    round_at: datetime
    planned: bool
    closed_at: datetime | None
    lessons: str

    @property
    def board(self) -> str:
        """The messages that show its counts."""
        return f"muster:{self.id}:board"


@dataclass(frozen=True)
class Counts:
    """How many of the roster gave which answer. Visitors and contractors are in it."""

    safe: int = 0
    help: int = 0
    absent: int = 0
    silent: int = 0

    @property
    def roster(self) -> int:
        """All who are to be accounted for."""
        return self.safe + self.help + self.absent + self.silent


@dataclass(frozen=True)
class Entry:
    """Somebody on the roster: a person (`person`), or a guest (`guest`)."""

    name: str
    state: Answer
    unit: int
    phone: bool
    person: int | None = None
    guest: int | None = None


STARTED = FactKind("MusterStarted", 1, ("muster", "unit", "real", "everybody"), "Somebody has started a muster")
ANSWERED = FactKind(
    "MusterAnswered", 1, ("muster", "real", "seconds"),
    "Somebody said in a muster how they are, so many seconds after its start; what they said is not in the ledger",
)  # fmt: skip
CALLED_AGAIN = FactKind(
    "MusterCalledAgain", 1, ("muster", "round", "silent"), "Whoever had not answered was called again"
)
ENDED = FactKind(
    "MusterEnded",
    1,
    ("muster", "unit", "real", "minutes", "safe", "help", "absent", "silent", "roster"),
    "A muster is over, and so many of its roster were safe, needed help, were not on site, or were not accounted for",
)
FACTS = (STARTED, ANSWERED, CALLED_AGAIN, ENDED)
