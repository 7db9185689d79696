"""Facts of the rights of people, and why somebody cannot be erased now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.ledger.model import FactKind

PERSON_ERASED = FactKind("PersonErased", 1, ("rows",), "Somebody was erased: so many rows went or were emptied.")
PERSON_EXPORTED = FactKind("PersonExported", 1, ("rows",), "What is kept of somebody was written into a file for them.")
HOLD_PLACED = FactKind("HoldPlaced", 1, (), "What is kept of somebody may not be erased for now, for a legal reason.")
HOLD_ENDED = FactKind("HoldEnded", 1, (), "The legal reason for keeping what is kept of somebody has ended.")
FACTS = (PERSON_ERASED, PERSON_EXPORTED, HOLD_PLACED, HOLD_ENDED)


@dataclass(frozen=True)
class Hold:
    """A legal reason not to erase somebody; without `until` it lasts until it is ended."""

    person: int
    reason: str
    until: date | None


class OnHold(Exception):
    """Somebody cannot be erased: a legal hold lies on them. The text says why and until when."""
