"""Protective equipment as values, and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "pe.draft"
"""The conversation in which stock is taken in, or a request is refused with a reason."""


class Why(StrEnum):
    """Why somebody asks."""

    NEW = "new"
    DAMAGED = "damaged"
    EXPIRING = "expiring"


class State(StrEnum):
    """Where a request stands. Handed over it is taken from stock and waits for the signature of whoever got it."""

    ASKED = "asked"
    HANDED = "handed"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Held(StrEnum):
    """Where a piece that was signed for is. A damaged one is not used any more and waits to be replaced."""

    HELD = "held"
    DAMAGED = "damaged"
    REPLACED = "replaced"
    RETURNED = "returned"


@dataclass(frozen=True)
class Item:
    """A kind of equipment in a unit's store. `keeper` hands it out; what may be None does not fall due."""

    id: int
    code: str
    unit: int
    path: str
    names: Mapping[str, str]
    sizes: tuple[str, ...]
    keeper: int | None
    inspect_days: int | None
    life_days: int | None
    low: int


@dataclass(frozen=True)
class Request:
    """Somebody needs a piece; `old` is the one that it replaces."""

    id: int
    item: int
    person: int
    size: str
    why: Why
    old: int | None
    state: State
    asked_at: datetime


@dataclass(frozen=True)
class Piece:
    """What somebody has signed for."""

    id: int
    item: int
    person: int
    size: str
    state: Held
    signed_at: datetime
    inspect_on: date | None
    expires_on: date | None


_OF = ("request", "item", "unit", "why")
ASKED = FactKind("EquipmentAsked", 1, _OF, "Somebody needs protective equipment")
HANDED = FactKind(
    "EquipmentHandedOver", 1, (*_OF, "hours"), "It was handed over, so many hours after the request; not signed for yet"
)
ISSUED = FactKind("EquipmentIssued", 1, (*_OF, "piece"), "Whoever got protective equipment signed for it")
NOT_GOT = FactKind("EquipmentNotReceived", 1, _OF, "Somebody says that they did not get it: it is in stock again")
REFUSED = FactKind(
    "EquipmentRefused", 1, _OF, "A request for protective equipment was refused, with a reason on record"
)
DAMAGED = FactKind("EquipmentDamaged", 1, ("piece", "item", "unit"), "Somebody reports that their equipment is damaged")
REPLACED = FactKind("EquipmentReplaced", 1, ("piece", "item", "unit", "by"), "A piece was replaced by another")
INSPECTED = FactKind("EquipmentInspected", 1, ("piece", "item", "unit"), "A piece was looked at and is in order")
RETURNED = FactKind("EquipmentReturned", 1, ("piece", "item", "unit"), "A piece was given back")
DUE = FactKind(
    "EquipmentDue",
    1,
    ("piece", "item", "unit", "what", "days"),
    "A piece is to be inspected, or expires, in so many days",
)
STOCKED = FactKind(
    "EquipmentStocked", 1, ("item", "unit", "added"), "So many pieces were taken into stock, of one size"
)
LOW = FactKind(
    "EquipmentStockLow", 1, ("item", "unit", "left"), "So few pieces of a size are left; the storekeeper was told"
)
IMPORTED = FactKind("EquipmentImported", 1, ("items", "sizes"), "Equipment and its stock came from a file")
FACTS = (
    ASKED, HANDED, ISSUED, NOT_GOT, REFUSED, DAMAGED, REPLACED, INSPECTED, RETURNED, DUE, STOCKED, LOW, IMPORTED,
)  # fmt: skip

WANTED = UnaskedKind(
    "resources.equipment.wanted", 3, Overflow.JOIN, timedelta(hours=36), "resources.equipment.wanted_title",
    "Somebody needs protective equipment: to its storekeeper.",
)  # fmt: skip
FALLS_DUE = UnaskedKind(
    "resources.equipment.falls_due", 4, Overflow.JOIN, timedelta(days=3), "resources.equipment.falls_due_title",
    "One's own protective equipment is to be inspected, or expires.",
)  # fmt: skip
STOCK = UnaskedKind(
    "resources.equipment.stock", 5, Overflow.JOIN, timedelta(days=3), "resources.equipment.stock_title",
    "Few pieces of a size are left: to the storekeeper.",
)  # fmt: skip
UNASKED = (WANTED, FALLS_DUE, STOCK)
