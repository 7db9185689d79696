"""Risks as values: how they are rated, what keeps them small, and the facts that this room records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.kit.risk import Bands, Colour
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""What somebody wrote, by language."""


class Method(StrEnum):
    """How a risk is rated."""

    LEC = "lec"
    MATRIX = "matrix"


FACTORS: Mapping[Method, tuple[str, ...]] = {
    Method.LEC: ("likelihood", "exposure", "consequence"),
    Method.MATRIX: ("likelihood", "consequence"),
}
"""What a rating consists of, in the order in which it is asked and kept. The consequence stands last."""


class Standing(StrEnum):
    """Where a risk stands: being worked on, held small by controls that are in place, or no more there."""

    OPEN = "open"
    CONTROLLED = "controlled"
    RETIRED = "retired"


class Rank(IntEnum):
    """The hierarchy of controls, the best first."""

    ELIMINATE = 1
    SUBSTITUTE = 2
    ENGINEER = 3
    ORGANISE = 4
    PROTECT = 5


class Held(StrEnum):
    """Where a control stands: to be put in place, in place, or no more needed."""

    PLANNED = "planned"
    IN_PLACE = "in_place"
    RETIRED = "retired"


@dataclass(frozen=True)
class Rating:
    """The factors of one look at a risk, in the order of FACTORS."""

    method: Method
    factors: tuple[float, ...]


@dataclass(frozen=True)
class Scale:
    """How a method rates: the steps of each factor, the bands, and from which consequence on nothing is blue.

    `names` are the company's own words for steps: factor -> step as written -> words by language.
    """

    method: Method
    steps: Mapping[str, tuple[float, ...]]
    bands: Bands
    never_blue_from: float | None = None
    names: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)


@dataclass(frozen=True)
class Checking:
    """How often a control of a colour is looked at, and how long its owner has to answer."""

    every: timedelta
    answer_within: timedelta


@dataclass(frozen=True)
class AbnormalKind:
    """A state that an area can go into: how long it lasts, and whose yes it takes (`needed` people, one of `each`)."""

    code: str
    names: Words
    lasts: timedelta
    needed: int
    each: tuple[str, ...]


@dataclass(frozen=True)
class Company:
    """What the company's register file says."""

    method: Method
    scales: Mapping[Method, Scale]
    checks: Mapping[Colour, Checking]
    check_at: time
    key_places: timedelta
    ladder_wait: timedelta
    decide_within: timedelta
    abnormal: tuple[AbnormalKind, ...] = ()

    def kind(self, code: str) -> AbnormalKind | None:
        """An abnormal state by its code."""
        return next((each for each in self.abnormal if each.code == code), None)


@dataclass(frozen=True)
class Risk:
    """What can hurt somebody in a task at a place, as it is rated. `colour` is that of the newest rating."""

    id: int
    code: str
    unit: int
    path: str
    place: int | None
    task: Words
    number: int | None
    """Which step of the task it is, counted from 1."""
    step: Words
    hazard: Words
    topic: str | None
    inherent: Rating | None
    residual: Rating | None
    colour: Colour | None
    inherent_colour: Colour | None
    standing: Standing
    owner: int | None
    round: int
    rated_at: datetime | None
    rerated_at: datetime | None
    alarmed_at: datetime | None
    """Since when a control of it is not confirmed, or not in place, where the risk is larger or major."""

    @property
    def ref(self) -> str:
        """The ref of the messages that call for it."""
        return f"risk:{self.id}"

    @property
    def stake(self) -> Colour:
        """How bad it is once what keeps it small is gone: by this its controls are checked and people called.

        An unrated risk is taken for a larger one.
        """
        return self.inherent_colour or self.colour or Colour.ORANGE

    @property
    def shown(self) -> Colour | None:
        """The colour that people see: a larger or major risk whose control is not confirmed counts as red."""
        return Colour.RED if self.alarmed_at is not None else self.colour


@dataclass(frozen=True)
class Control:
    """What keeps a risk small, with who answers for it and when it is looked at next."""

    id: int
    risk: int
    rank: Rank
    words: Words
    owner: int | None
    every: timedelta | None
    held: Held
    in_place_at: datetime | None
    due_at: datetime | None
    answer_by: datetime | None
    asked_at: datetime | None
    late_at: datetime | None
    missing_at: datetime | None
    checked_at: datetime | None

    @property
    def troubled(self) -> bool:
        """Whether nobody has confirmed it in time, or somebody found it missing."""
        return self.late_at is not None or self.missing_at is not None


# --- facts ------------------------------------------------------------------------------------------------------------

_OF = ("risk", "unit", "colour")
IDENTIFIED = FactKind("RiskIdentified", 1, ("risk", "unit", "method"), "Somebody put a risk into the register")
RATED = FactKind(
    "RiskRated", 1, (*_OF, "method", "factors", "residual"),
    "Somebody rated a risk: without controls, or (`residual`) with those that are in place",
)  # fmt: skip
CONTROL_ADDED = FactKind(
    "ControlAdded", 1, ("risk", "unit", "control", "rank"), "Something was planned that keeps a risk small"
)
CONTROL_PLACED = FactKind(
    "ControlPlaced", 1, ("risk", "unit", "control", "rank"), "Something that keeps a risk small is in place"
)
CONTROL_RETIRED = FactKind("ControlRetired", 1, ("risk", "unit", "control", "rank"), "A control is no longer needed")
CONTROL_CHECKED = FactKind(
    "ControlChecked", 1, (*_OF, "control", "rank", "in_place", "late"), "Somebody looked whether a control is in place"
)
CONTROL_NOT_IN_PLACE = FactKind(
    "ControlNotInPlace", 1, (*_OF, "control", "rank", "place"),
    "A control was found not in place: a danger that other rooms may follow up on",
)  # fmt: skip
CONTROL_UNCHECKED = FactKind(
    "ControlUnchecked", 1, (*_OF, "control", "rank"), "Nobody has confirmed a control in the time for it"
)
CLOSED = FactKind(
    "RiskControlled", 1, (*_OF, "controls"), "A risk was rated again with its controls and counts as held small"
)
REOPENED = FactKind(
    "RiskReopened", 1, (*_OF, "why"), "A risk no longer counts as held small. why: late, missing, changed"
)
RETIRED = FactKind("RiskRetired", 1, _OF, "A risk is no more there: the task or thing is gone")
ALARMED = FactKind("RiskAlarmed", 1, (*_OF, "why"), "A larger or major risk counts as red. why: late, missing")
CALMED = FactKind("RiskCalmed", 1, _OF, "All controls of an alarmed risk are confirmed again")
ACKNOWLEDGED = FactKind("RiskAcknowledged", 1, _OF, "Somebody who was called takes care of an alarmed risk")
CLIMBED = FactKind(
    "RiskLadderClimbed", 1, ("risk", "rung", "who", "called", "last"), "Nobody took care, so the next were called"
)
KEY_PLACE = FactKind(
    "KeyPlaceSet", 1, ("place", "unit", "key"), "A place was put on the register of key places, or taken off it"
)
IMPORTED = FactKind("RisksImported", 1, ("risks", "controls"), "Risks came from a file: so many new or changed")
FACTS = (
    IDENTIFIED, RATED, CONTROL_ADDED, CONTROL_PLACED, CONTROL_RETIRED, CONTROL_CHECKED, CONTROL_NOT_IN_PLACE, CONTROL_UNCHECKED,
    CLOSED, REOPENED, RETIRED, ALARMED, CALMED, ACKNOWLEDGED, CLIMBED, KEY_PLACE, IMPORTED,
)  # fmt: skip

CHECKS = UnaskedKind(
    "risks.checks", 2, Overflow.JOIN, timedelta(hours=36), "risks.checks_title",
    "What keeps risks small is to be looked at by whoever answers for it.",
)  # fmt: skip
LATE = UnaskedKind(
    "risks.late", 3, Overflow.JOIN, timedelta(hours=36), "risks.late_title",
    "Nobody has confirmed what keeps a general or low risk small.",
)  # fmt: skip
UNASKED = (CHECKS, LATE)
