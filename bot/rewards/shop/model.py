"""Rewards and redemptions as values, and the facts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "rwd.draft"
"""The conversation in which a refusal's reason, a stock or a file is given."""


@dataclass(frozen=True)
class Reward:
    """Something in the catalogue of a unit and all below it; `stock` is what is left."""

    id: int
    code: str
    unit: int
    path: str
    names: Mapping[str, str]
    cost: int
    stock: int


class State(StrEnum):
    """Where a redemption stands. The points are held from ASKED, spent by APPROVED, given back by the others."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Redemption:
    """Somebody wants a reward; the cost is that of the moment they asked. `held`: the row that holds the points."""

    id: int
    reward: int
    person: int
    path: str
    cost: int
    state: State
    held: int | None
    asked_at: datetime
    decided_by: int | None
    reason: str | None


_OF = ("redemption", "reward", "points")
ASKED = FactKind("RewardAsked", 1, _OF, "Somebody asked for a reward; the points are held")
APPROVED = FactKind("RewardApproved", 1, _OF, "A reward was approved; person is whoever approved it")
REFUSED = FactKind(
    "RewardRefused", 1, _OF, "A reward was refused and the points given back; person is whoever refused it"
)
WITHDRAWN = FactKind("RewardWithdrawn", 1, _OF, "Somebody no longer wants the reward they asked for")
STOCKED = FactKind(
    "RewardStocked", 1, ("reward", "stock", "cost"), "Somebody said how many of a reward there are, and what it costs"
)
CLOSED = FactKind("RewardClosed", 1, ("reward",), "A reward was taken out of the catalogue")
IMPORTED = FactKind("RewardsImported", 1, ("rewards", "new"), "A catalogue of rewards came from a file")
FACTS = (ASKED, APPROVED, REFUSED, WITHDRAWN, STOCKED, CLOSED, IMPORTED)

APPROVE = UnaskedKind(
    "rewards.shop.approve", 5, Overflow.JOIN, timedelta(hours=36), "rewards.shop.approve_title",
    "Somebody has asked for a reward and it waits for a yes or no.",
)  # fmt: skip
UNASKED = (APPROVE,)
