"""The safety budget as values, and its facts. Amounts are whole minor units of a currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind
from bot.people.model import Role

DRAFT = "bg.draft"
"""The conversation in which money is planned, asked for, refused or booked."""


class Heading(StrEnum):
    """What safety money is for."""

    TRAINING = "training"
    EQUIPMENT = "equipment"
    FACILITIES = "facilities"
    HAZARDS = "hazards"
    EMERGENCY = "emergency"
    HEALTH = "health"
    ADVICE = "advice"
    OTHER = "other"


class State(StrEnum):
    """Where a request stands. An approved one is a commitment until it is closed."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


@dataclass(frozen=True)
class Line:
    """What a unit plans for a heading in a year; at each of `alert_at` (percent) its leaders are told once."""

    id: int
    unit: int
    path: str
    year: int
    heading: Heading
    currency: str
    planned: int
    alert_at: tuple[int, ...]


@dataclass(frozen=True)
class Figures:
    """Where a line stands. `carried`: commitments of earlier years for the same that are still open."""

    planned: int
    committed: int = 0
    carried: int = 0
    actual: int = 0

    @property
    def used(self) -> int:
        """What is paid or will be."""
        return self.committed + self.carried + self.actual

    @property
    def left(self) -> int:
        """What is left; below nothing where more is used than was planned."""
        return self.planned - self.used


@dataclass(frozen=True)
class Limit:
    """Up to how much a role may approve in a unit and below."""

    path: str
    role: Role
    currency: str
    most: int


@dataclass(frozen=True)
class Request:
    """Somebody asks for money of a line, for their unit at `path`."""

    id: int
    line: int
    person: int
    unit: int
    path: str
    amount: int
    words: str
    photo: str | None
    state: State
    asked_at: datetime
    answered_by: int | None
    reason: str


PLANNED = FactKind(
    "BudgetPlanned", 1, ("line", "unit", "year", "heading", "currency", "planned"),
    "So many minor units are planned for a heading in a unit and year",
)  # fmt: skip
ASKED = FactKind("MoneyAsked", 1, ("request", "line", "unit", "amount"), "Somebody asked for safety money")
APPROVED = FactKind(
    "MoneyApproved", 1, ("request", "line", "unit", "amount", "hours"),
    "Safety money was approved, so many hours after it was asked for: a commitment (person: who approved)",
)  # fmt: skip
REFUSED = FactKind("MoneyRefused", 1, ("request", "line", "unit"), "Safety money was refused, with a reason on record")
BOOKED = FactKind(
    "CostBooked", 1, ("booking", "line", "unit", "request", "amount"), "Something was paid from a line of the budget"
)
CLOSED = FactKind(
    "CommitmentClosed", 1, ("request", "line", "unit", "released"),
    "A commitment is over; what was approved and not paid is free again",
)  # fmt: skip
REACHED = FactKind(
    "BudgetShareReached", 1, ("line", "unit", "share"), "So many percent of a line are used; its leaders were told"
)
FACTS = (PLANNED, ASKED, APPROVED, REFUSED, BOOKED, CLOSED, REACHED)

TO_APPROVE = UnaskedKind(
    "resources.budget.to_approve", 3, Overflow.JOIN, timedelta(days=2), "resources.budget.to_approve_title",
    "Somebody asks for safety money: to those who may approve so much.",
)  # fmt: skip
OVERSPENT = UnaskedKind(
    "resources.budget.overspent", 4, Overflow.JOIN, timedelta(days=2), "resources.budget.overspent_title",
    "A set share of a line of the budget is used: to those who lead there, once a share.",
)  # fmt: skip
UNASKED = (TO_APPROVE, OVERSPENT)
