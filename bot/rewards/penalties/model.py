"""Penalties as values, and the facts of them. No fact names the person concerned: it would be read as a list of offenders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "pnl.draft"
"""The conversation in which a penalty is proposed, answered or decided."""


class State(StrEnum):
    """Where a proposal stands. Points are taken by IMPOSED alone."""

    OPEN = "open"
    """The person has been told and may answer until `reply_by`."""
    IMPOSED = "imposed"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    """Nobody decided in time: it is over, in favour of the person."""


@dataclass(frozen=True)
class Penalty:
    """So many points are to be taken from somebody, for what somebody saw."""

    id: int
    person: int
    unit: int
    path: str
    points: int
    words: str
    by: int
    asked_at: datetime
    reply_by: datetime
    reply: str | None
    replied_at: datetime | None
    state: State
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None
    row: int | None


_OF = ("penalty", "points")
PROPOSED = FactKind("PenaltyProposed", 1, _OF, "Somebody wants points to be taken; person is whoever proposed it")
ANSWERED = FactKind("PenaltyAnswered", 1, ("penalty",), "The person concerned has answered; nobody's name")
IMPOSED = FactKind(
    "PenaltyImposed", 1, (*_OF, "answered"), "Points were taken after a hearing; person is whoever decided"
)
DROPPED = FactKind(
    "PenaltyDropped", 1, (*_OF, "answered"), "No points were taken after a hearing; person is whoever decided"
)
LAPSED = FactKind("PenaltyLapsed", 1, ("penalty",), "Nobody decided about a penalty in time, so nothing follows")
FACTS = (PROPOSED, ANSWERED, IMPOSED, DROPPED, LAPSED)

HEARING = UnaskedKind(
    "rewards.penalties.hearing", 2, Overflow.JOIN, timedelta(hours=36), "rewards.penalties.hearing_title",
    "Somebody may answer before points are taken, or is to decide.",
)  # fmt: skip
UNASKED = (HEARING,)
