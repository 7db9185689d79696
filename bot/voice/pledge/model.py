"""The pledge as values, and the facts of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "pg.draft"
"""The scenes that somebody goes through before they sign."""
HARMS = ("yourself", "others", "by_others", "protect")
"""Do not hurt yourself, nor others, nor be hurt by others; protect others from being hurt."""


@dataclass(frozen=True)
class Scene:
    """A situation with three answers; the first is right. All words by language."""

    code: str
    harm: str
    says: Mapping[str, str]
    answers: tuple[Mapping[str, str], ...]
    why: Mapping[str, str]


@dataclass(frozen=True)
class Signed:
    """Somebody has signed, and until when it holds: the last day counts."""

    person: int
    at: datetime
    until_on: date


@dataclass(frozen=True)
class Call:
    """The people of a unit are asked to sign, until that is ended."""

    id: int
    unit: int
    path: str


SIGNED = FactKind(
    "PledgeSigned", 1, ("wrong", "renewed"),
    "Somebody signed the pledge of the four non-harms; wrong: how many scenes they answered wrongly before",
)  # fmt: skip
CALLED = FactKind("PledgeCalled", 1, ("call", "unit"), "The people of a unit are asked to sign, by this person")
ENDED = FactKind("PledgeCallEnded", 1, ("call", "unit"), "The people of a unit are asked no more")
FACTS = (SIGNED, CALLED, ENDED)

ASKED = UnaskedKind(
    "voice.pledge.asked", 7, Overflow.DEFER, timedelta(days=3), "voice.pledge.asked_title",
    "The pledge of the four non-harms is to be signed, or to be renewed because a year is over; again after two weeks.",
)  # fmt: skip
UNASKED = (ASKED,)
