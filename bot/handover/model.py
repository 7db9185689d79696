"""Facts of absence and of handing over, and what a handover is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind

WENT_AWAY = FactKind(
    "WentAway", 1, ("deputised", "open_end"), "Somebody said that they are away; whether somebody stands in."
)
CAME_BACK = FactKind("CameBack", 1, (), "Somebody said that they are back.")
STANDS_IN = FactKind("StandsIn", 1, (), "Somebody stands in for an absent colleague and has their roles meanwhile.")
STOOD_DOWN = FactKind("StoodDown", 1, (), "Somebody no longer stands in.")
HANDOVER_GIVEN = FactKind(
    "HandoverGiven", 1, ("handover", "items"), "A shift was handed over in writing, with so many open items."
)
HANDOVER_ACKNOWLEDGED = FactKind(
    "HandoverAcknowledged", 1, ("handover", "minutes"), "A handover was read, so many minutes later."
)
FACTS = (WENT_AWAY, CAME_BACK, STANDS_IN, STOOD_DOWN, HANDOVER_GIVEN, HANDOVER_ACKNOWLEDGED)


class Until(StrEnum):
    """How long somebody is away, as it stands on a button."""

    TODAY = "today"
    THREE_DAYS = "3d"
    WEEK = "week"
    OPEN = "open"


@dataclass(frozen=True)
class Next:
    """Somebody who could take over: when their next shift begins (None: not known), and whether they are on shift now."""

    person: int
    name: str
    starts_at: datetime | None
    on_shift: bool
    distance: int
