"""What is looked for in the ledger, and the fact that somebody has looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.ledger.model import FactKind


@dataclass(frozen=True)
class Wanted:
    """What to look for: between two instants, of a kind, of a unit and its parts, of a person; `before` is where to go on."""

    starts_at: datetime
    ends_at: datetime
    kind: str = ""
    path: str = ""
    pseudonym: str | None = None
    before: int = 0


@dataclass(frozen=True)
class Standing:
    """How the ledger stands: newest block and anchor, how many facts wait for the sealer, when all was last looked through."""

    block: int | None
    sealed_at: datetime | None
    waiting: int
    anchored_on: date | None
    said_outside: bool
    verified: dict[str, Any] | None


LOOKED = FactKind(
    "LedgerLooked",
    1,
    ("kind", "days", "unit", "about", "named"),
    "Somebody looked into the ledger on the dashboard: of which kind, over how many days, of which unit, about whom "
    "(a pseudonym), and whether names were shown",
)
FACTS = (LOOKED,)
