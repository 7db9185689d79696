"""A picture on its way to a question, and what the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind


class State(StrEnum):
    """DRAWING: faces are being looked for. OPEN: a trainer has to look. SURE: somebody named says that nobody can be recognised.

    SENT: it is in a bank's preview. DROPPED: there is no question from it, and its pictures are erased.
    """

    DRAWING = "drawing"
    OPEN = "open"
    SURE = "sure"
    SENT = "sent"
    DROPPED = "dropped"


MOST_MARKS = 5
MOST_WORDS = 100
MOST_WHY = 200
KEPT = timedelta(days=30)
"""So long a picture waits for a trainer; then it is erased."""


@dataclass(frozen=True)
class Spot:
    """A picture as it stands. `pictures` are those with blurred faces (before, after), `shown` the chosen one as it is covered.

    `grid` is the same with numbered cells; both are None while they are being drawn. `version` counts what was changed:
    whoever says that nobody can be recognised says so of what they saw.
    """

    id: int
    unit: int
    path: str
    topic: str | None
    state: State
    version: int
    pictures: tuple[str, ...]
    faces: int
    chosen: int
    covers: tuple[int, ...]
    shown: str | None
    grid: str | None
    marks: Sequence[dict[str, Any]]
    sure_by: int | None
    touched_at: datetime

    @property
    def ref(self) -> str:
        """The name of the messages in which it is followed."""
        return f"spot:{self.id}"


PROPOSED = FactKind("SpotProposed", 1, ("unit", "faces"), "A picture of a danger that is gone waits for a trainer.")
SURE = FactKind("SpotConfirmed", 1, ("spot", "covers"), "Somebody says that nobody can be recognised in a picture.")
DROPPED = FactKind(
    "SpotDropped", 1, ("spot", "why"), "A picture becomes no question and is erased. why: said, old, unread, reopened."
)
SENT = FactKind(
    "SpotQuestionMade", 1, ("spot", "marks"), "A trainer made a question of a picture; it waits to be published."
)
FACTS = (PROPOSED, SURE, DROPPED, SENT)

WAITING = UnaskedKind(
    "library.spotting.waiting", 6, Overflow.JOIN, timedelta(hours=72), "library.spotting.waiting_title",
    "Pictures of dangers that are gone could become questions; to the trainer there.",
)  # fmt: skip
UNASKED = (WAITING,)
