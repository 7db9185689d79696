"""What can be set for a unit, and the fact of it."""

from __future__ import annotations

from bot.ledger.model import FactKind

KEYS = ("all", "low", "medium", "high", "critical")
LADDERS_SET = FactKind(
    "LaddersSet",
    1,
    ("unit",),
    "Somebody changed who is called about dangers in a unit, or the limits in time (person: who).",
)
FACTS = (LADDERS_SET,)
