"""Points as values: rules that give them, rows that keep them, appeals against them. And the facts of it.

What may earn points is the closed list `EARNABLE`: only something that a person did. Nothing here may rest on injuries, on
their absence, or on how much or how little was reported; `rules.wrong_fact` says so to whoever writes a policy that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "pts.draft"
"""The conversation in which an appeal, its decision or points by hand are written."""


@dataclass(frozen=True)
class Payee:
    """Who gets the points of a fact that somebody else gave rise to: whoever stands in an earlier fact about the same thing."""

    fact: str
    field: str


DOER = None
"""The fact's own person."""
FIXER = Payee("HazardFixed", "hazard")
"""Of a verified danger: whoever had put it right, not whoever looked."""
PROPOSER = Payee("SuggestionMade", "suggestion")
"""Of an accepted idea: whoever had it, not whoever decided."""
EARNABLE: Mapping[str, Payee | None] = {
    "LessonRead": DOER,
    "DayLearned": DOER,
    "CourseCompleted": DOER,
    "ExamPassed": DOER,
    "ExamFailed": DOER,
    "TalkHeld": DOER,
    "TalkAttended": DOER,
    "HazardConfirmed": DOER,
    "HazardVerified": FIXER,
    "MusterAnswered": DOER,
    "TabletopEnded": DOER,
    "SuggestionDecided": PROPOSER,
}
"""What a policy may name, and who gets the points. Other rooms record these; this one follows them by name."""


@dataclass(frozen=True)
class Rule:
    """So many points for a kind of fact; at most so often a day and a month, so that nobody farms."""

    code: str
    facts: tuple[str, ...]
    where: Mapping[str, str | bool]
    points: int
    per_day: int
    per_month: int
    words: Mapping[str, str]


@dataclass(frozen=True)
class Policy:
    """The rules in one version, in force from the first day of a month."""

    version: int
    since: date
    rules: tuple[Rule, ...]


class Kind(StrEnum):
    """Why a row is there."""

    EARNED = "earned"
    """By a rule, for a fact."""
    HAND = "hand"
    """Given by somebody named, with a reason."""
    PENALTY = "penalty"
    HELD = "held"
    """For a reward that somebody has asked for."""
    BACK = "back"
    """Held points given back."""
    REVERSED = "reversed"
    CORRECTED = "corrected"
    """What an appeal put in the place of a row that it took back."""


APPEALABLE = frozenset({Kind.EARNED, Kind.HAND, Kind.PENALTY, Kind.REVERSED})
REVERSIBLE = frozenset({Kind.EARNED, Kind.HAND, Kind.CORRECTED})
"""What human resources may take back by themselves. A penalty is taken back by its appeal."""


@dataclass(frozen=True)
class Row:
    """One line of the ledger of points. Never changed; `reverses` names the row that it takes back."""

    id: int
    person: int
    unit: int
    path: str
    amount: int
    kind: Kind
    rule: str | None
    policy: int | None
    fact: str | None
    fact_key: str | None
    refers: int | None
    reverses: int | None
    by: int | None
    reason: str | None
    on: date
    at: datetime
    appeal_by: datetime | None


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Appeal:
    """Somebody asks for a row to be looked at again by the one who is named."""

    id: int
    row: int
    person: int
    path: str
    words: str
    asked_at: datetime
    decider: int | None
    due_at: datetime
    level: int
    tried: tuple[int, ...]
    state: AppealState
    decided_by: int | None
    decided_at: datetime | None
    reason: str | None


EARNED = FactKind("PointsEarned", 1, ("row", "rule", "policy", "points"), "Somebody got points by a rule")
GIVEN = FactKind(
    "PointsGivenByHand", 1, ("row", "points"), "Points were given by hand, with a reason; person is whoever gave them"
)
REVERSED = FactKind(
    "PointsReversed", 1, ("row", "of", "points"), "A row of points was taken back; person is whoever decided it"
)
APPEALED = FactKind(
    "PointsAppealed", 1, ("appeal", "row", "kind"), "Somebody asked for a row of points to be looked at again"
)
ESCALATED = FactKind(
    "PointsAppealEscalated", 1, ("appeal", "level"), "An appeal was not decided in time and went on to somebody else"
)
DECIDED = FactKind(
    "PointsAppealDecided",
    1,
    ("appeal", "row", "granted", "late", "level"),
    "An appeal was decided; person is whoever decided",
)
SWITCHED = FactKind(
    "PointsSwitched",
    1,
    ("item", "over", "on"),
    "A second person confirmed (or one ended) what holds in a unit; item: points, names",
)
FACTS = (EARNED, GIVEN, REVERSED, APPEALED, ESCALATED, DECIDED, SWITCHED)

DECIDE = UnaskedKind(
    "rewards.decide", 3, Overflow.JOIN, timedelta(hours=36), "rewards.decide_title",
    "Somebody is named to decide an appeal about points, or is the second one to confirm a setting.",
)  # fmt: skip
PASSED_ON = UnaskedKind(
    "rewards.passed_on", 4, Overflow.JOIN, timedelta(hours=36), "rewards.passed_on_title",
    "Points of somebody were changed by hand, or their appeal went on to somebody else.",
)  # fmt: skip
UNASKED = (DECIDE, PASSED_ON)
