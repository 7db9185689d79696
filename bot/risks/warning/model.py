"""The early-warning index as values: what is weighed, what was counted, and what the ledger keeps of a crossing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.kit.hysteresis import Level
from bot.ledger.model import FactKind

LEAST_PEOPLE = 5
"""Areas of fewer people have no index, and of fewer people nothing is counted that single people did."""


@dataclass(frozen=True)
class Signal:
    """One kind of fact that counts. `code` is what it is called to people; several signals may share one."""

    code: str
    fact: str
    weight: float
    most: int
    where: Mapping[str, str | bool] = field(default_factory=dict)
    by_person: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Weights:
    """The weights file: facts of the last `days` are counted; the index is points for every `per` people."""

    days: int
    per: int
    levels: tuple[Level, ...]
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class Counted:
    """How often a signal occurred in one unit itself. `people`: of a signal by person, how many were looked at."""

    n: int = 0
    people: int = 0


@dataclass(frozen=True)
class Line:
    """What one signal adds to an area's index: `n` facts, of which `counted` counted. `of`: how many people were looked at;

    `veiled`: too few to say anything, so nothing counts and no figure stands.
    """

    code: str
    fact: str
    n: int
    counted: int
    points: float
    of: int = 0
    by_person: bool = False
    veiled: bool = False


@dataclass(frozen=True)
class Index:
    """An area's index on a day, with the lines it is the sum of. `people` work there and below."""

    unit: int
    on: date
    people: int
    value: float
    lines: tuple[Line, ...]


RAISED = FactKind(
    "EarlyWarningRaised", 1, ("unit", "level", "index", "people", "days"),
    "The early-warning index of an area rose to a level; told once for each crossing",
)  # fmt: skip
CLEARED = FactKind(
    "EarlyWarningCleared", 1, ("unit", "level", "index", "people", "days"),
    "The early-warning index of an area fell under the end of a level; `level` is what is left",
)  # fmt: skip
FACTS = (RAISED, CLEARED)

WARNING = UnaskedKind(
    "risks.warning.crossed", 2, Overflow.JOIN, timedelta(hours=36), "risks.warning.title",
    "The early-warning index of an area that somebody leads has crossed a level.",
)  # fmt: skip
UNASKED = (WARNING,)
