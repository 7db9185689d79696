"""Safety facilities as values, and their facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "fa.draft"
"""The conversation in which a facility is entered, or said what is wrong with it."""


class Kind(StrEnum):
    """What it is. Emergency materials of a plan are looked after in the plan and not here."""

    GUARD = "guard"
    EXTRACTION = "extraction"
    EYEWASH = "eyewash"
    SHOWER = "shower"
    FIRE_DOOR = "fire_door"
    EXIT = "exit"
    STOP = "stop"
    ALARM = "alarm"
    RAILING = "railing"
    OTHER = "other"


@dataclass(frozen=True)
class Facility:
    """Something that keeps people safe and must be looked at every so many days; `owner` sees to it."""

    id: int
    unit: int
    path: str
    kind: Kind
    words: str
    every_days: int
    due_on: date
    owner: int


ENTERED = FactKind(
    "FacilityEntered", 1, ("facility", "unit", "kind", "days"), "A safety facility is looked at every so many days"
)
CHECKED = FactKind(
    "FacilityChecked", 1, ("facility", "unit", "kind", "in_order", "late"),
    "Somebody looked at a safety facility, so many days late; what was wrong is a danger of its own",
)  # fmt: skip
REMINDED = FactKind(
    "FacilityDue", 1, ("facility", "unit", "kind", "days"), "A facility is to be looked at; its owner was told"
)
ESCALATED = FactKind(
    "FacilityOverdue", 1, ("facility", "unit", "kind", "days"), "Nobody looked in time; whoever leads there was told"
)
RETIRED = FactKind("FacilityRetired", 1, ("facility", "unit", "kind"), "A safety facility is there no more")
FACTS = (ENTERED, CHECKED, REMINDED, ESCALATED, RETIRED)

DUE = UnaskedKind(
    "resources.facilities.due", 4, Overflow.JOIN, timedelta(days=3), "resources.facilities.due_title",
    "A safety facility is to be looked at: to whoever sees to it.",
)  # fmt: skip
OVERDUE = UnaskedKind(
    "resources.facilities.overdue", 3, Overflow.JOIN, timedelta(days=2), "resources.facilities.overdue_title",
    "A safety facility was not looked at in time: to those who lead there.",
)  # fmt: skip
UNASKED = (DUE, OVERDUE)
