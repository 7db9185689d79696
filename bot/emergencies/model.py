"""Emergency plans as values, and the facts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

KINDS = ("fire", "spill", "confined", "down", "shock", "collapse", "heat", "storm")
"""What Davy ships a plan for, in the order in which people see them."""


@dataclass(frozen=True)
class Shipped:
    """A plan as it is shipped, in the languages there are: a title and steps. `facts` are ids of the fact base."""

    kind: str
    facts: tuple[str, ...]
    title: Mapping[str, str]
    steps: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """What a unit does in one kind of emergency. `lines` are the company's own words: (who or what, number or place)."""

    id: int
    unit: int
    path: str
    kind: str
    title: Mapping[str, str]
    steps: Mapping[str, tuple[str, ...]]
    organisation: tuple[str, ...]
    contacts: tuple[str, ...]
    routes: tuple[str, ...]
    owner: int
    version: int
    reviewed_at: datetime


@dataclass(frozen=True)
class Material:
    """Something that a plan needs, where it stands, and until when it is good."""

    id: int
    plan: int
    words: str
    expires_on: date | None


PLAN_MADE = FactKind("EmergencyPlanMade", 1, ("plan", "unit", "kind"), "A unit has a plan for a kind of emergency")
PLAN_CHANGED = FactKind(
    "EmergencyPlanChanged", 1, ("plan", "unit", "kind", "version", "part"), "A part of an emergency plan was changed"
)
PLAN_REVIEWED = FactKind(
    "EmergencyPlanReviewed", 1, ("plan", "unit", "kind", "version"), "Somebody has gone through an emergency plan"
)
MATERIAL_DUE = FactKind(
    "EmergencyMaterialDue",
    1,
    ("plan", "material", "days"),
    "Something a plan needs runs out in so many days; told to its owner",
)
REVIEW_DUE = FactKind("EmergencyReviewDue", 1, ("plan", "unit", "kind"), "A plan was not gone through for a year")
FACTS = (PLAN_MADE, PLAN_CHANGED, PLAN_REVIEWED, MATERIAL_DUE, REVIEW_DUE)

PLAN_NEEDS = UnaskedKind(
    "emergencies.plan_needs",
    4,
    Overflow.JOIN,
    timedelta(days=3),
    "emergencies.plan_needs_title",
    "Something in an emergency plan runs out, or the plan was not gone through for a year: to its owner.",
)
UNASKED = (PLAN_NEEDS,)
