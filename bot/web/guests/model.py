"""Who comes from outside, and what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind


class Kind(StrEnum):
    """As whom somebody comes."""

    AUDITOR = "auditor"
    REGULATOR = "regulator"
    ASSOCIATION = "association"
    OTHER = "other"


class State(StrEnum):
    """How a guest stands."""

    OPEN = "open"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class LetIn:
    """A guest, as whoever let them in sees them. `paths` are of the units they see."""

    id: int
    name: str
    kind: Kind
    reason: str
    lang: str
    pages: tuple[str, ...]
    paths: tuple[str, ...]
    by: int
    created_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None

    def state(self, now: datetime) -> State:
        """Open, ended by itself, or withdrawn by somebody."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        return State.OPEN if now < self.ends_at else State.ENDED


@dataclass(frozen=True)
class Wanted:
    """A guest to be let in, as a form says it: read, and checked only for its form."""

    name: str
    kind: Kind
    reason: str
    lang: str
    pages: tuple[str, ...]
    units: tuple[int, ...]
    days: int


LET_IN = FactKind(
    "DeskGuestLetIn", 1, ("guest", "units", "pages", "days"), "A guest was let look at so many pages of so many units"
)
WITHDRAWN = FactKind("DeskGuestWithdrawn", 1, ("guest",), "A guest's access was withdrawn before its end")
FACTS = (LET_IN, WITHDRAWN)
