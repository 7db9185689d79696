"""Permits to work as values, and the facts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.kit.gates import Gate
from bot.ledger.model import FactKind


class State(StrEnum):
    """Where it stands. Work is allowed in RUNNING and in no other state."""

    ASKED = "asked"
    RUNNING = "running"
    EXPIRED = "expired"
    STOPPED = "stopped"
    BACK = "back"
    CLOSED = "closed"
    REFUSED = "refused"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Limit:
    """What a gas may measure where a law says so: bounds included. `says` is the law, with its jurisdiction beside it."""

    jurisdiction: str
    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True)
class Gas:
    """Something to be measured, with the limits that our facts prove; where there is none, the site's own holds."""

    code: str
    names: Mapping[str, str]
    unit: str
    limits: tuple[Limit, ...] = ()

    def limit(self, jurisdiction: str) -> Limit | None:
        """The limit of a jurisdiction; None where we know none."""
        return next((each for each in self.limits if each.jurisdiction == jurisdiction), None)


@dataclass(frozen=True)
class Card:
    """A kind of permit: what must be so before work, what is measured, how long at most, how many must say yes."""

    code: str
    title: Mapping[str, str]
    checks: tuple[Mapping[str, str], ...]
    gases: tuple[str, ...]
    hours: int
    high: bool
    back: Mapping[str, str]


@dataclass(frozen=True)
class Permit:
    """One permit. The receiver works under it, the issuer answers for it; they are different people."""

    id: int
    card: str
    unit: int
    path: str
    place: int | None
    words: str
    minutes: int
    high: bool
    state: State
    round: int
    receiver: int
    asked_at: datetime
    issuer: int | None
    issued_at: datetime | None
    ends_at: datetime | None
    extend_minutes: int | None
    expired_at: datetime | None
    back_at: datetime | None

    @property
    def ref(self) -> str:
        """The messages of those who are asked for their yes."""
        return f"permit:{self.id}"

    @property
    def subject(self) -> str:
        """The subject of the gate that is open now: an extension has one of its own."""
        return f"permit:{self.id}:{self.round}"

    @property
    def gate(self) -> Gate:
        """Whose yes it takes. Whoever works under it never says yes to it."""
        kinds = ("role:supervisor", "role:safety_officer") if self.high else ("role:supervisor",)
        return Gate(len(kinds), kinds, frozenset({self.receiver}))

    @property
    def to_decide(self) -> bool:
        """Whether a yes or no is asked for: for the permit, or for more time."""
        return self.state is State.ASKED or (self.state is State.RUNNING and self.extend_minutes is not None)


@dataclass(frozen=True)
class Reading:
    """One gas as it was measured. `good` is None where no limit is known to us."""

    gas: str
    value: float
    good: bool | None


_OF = ("permit", "card")
ASKED = FactKind("PermitAsked", 1, (*_OF, "minutes", "high"), "Somebody asked for a permit to work")
ANSWERED = FactKind(
    "PermitAnswered", 1, (*_OF, "yes", "missing", "round"), "Somebody said yes or no to a permit, or to more time"
)
ISSUED = FactKind("PermitIssued", 1, (*_OF, "minutes"), "A permit was issued: work may begin")
REFUSED = FactKind(
    "PermitRefused", 1, _OF, "A permit was refused, so work does not begin; or more time for one, so its end stays"
)
LAPSED = FactKind("PermitLapsed", 1, _OF, "Nobody decided about a permit in time")
TESTED = FactKind(
    "PermitGasTested",
    1,
    (*_OF, "round", "good", "gases"),
    "Gas was measured for a permit, and was within the limits or not",
)
EXTENDED = FactKind(
    "PermitExtended", 1, (*_OF, "minutes", "round"), "A permit holds longer, after everything was looked at anew"
)
ALARMED = FactKind("PermitAlarmed", 1, (*_OF, "minutes"), "Receiver and issuer were told that a permit ends soon")
EXPIRED = FactKind("PermitExpired", 1, _OF, "The time of a permit ran out and it was not handed back")
STOPPED = FactKind("PermitStopped", 1, (*_OF, "why"), "Work under a permit had to stop. why: gas, issuer")
BACK = FactKind(
    "PermitHandedBack", 1, (*_OF, "late_minutes"), "Whoever worked handed a permit back, so many minutes late"
)
CLOSED = FactKind("PermitClosed", 1, _OF, "The issuer has looked and closed a permit")
FACTS = (ASKED, ANSWERED, ISSUED, REFUSED, LAPSED, TESTED, EXTENDED, ALARMED, EXPIRED, STOPPED, BACK, CLOSED)
