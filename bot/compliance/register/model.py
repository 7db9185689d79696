"""The legal register as values, and the facts of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""What something says, by language."""


class Kind(StrEnum):
    """What sort of rule it is."""

    LAW = "law"
    REGULATION = "regulation"
    STANDARD = "standard"
    LOCAL = "local"


class Outcome(StrEnum):
    """What an evaluation found."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Law:
    """An entry of the register: which rule, in which version, for whom, who looks after it, and how it stands."""

    id: int
    code: str
    kind: Kind
    jurisdiction: str
    title: Words
    version: str
    effective_on: date | None
    source: str
    changes: Words
    binds: Words
    unit: int
    path: str
    topics: tuple[str, ...]
    owner: int | None
    look_days: int
    look_at: datetime
    evaluate_days: int
    evaluate_at: datetime
    number: int
    live: bool
    watch: str
    stirred_at: datetime | None
    outcome: Outcome | None
    evaluated_at: datetime | None


@dataclass(frozen=True)
class Flag:
    """Something that depends on an entry whose version has changed: `what` is `document` or `lesson`, `ref` its id."""

    id: int
    law: int
    number: int
    what: str
    ref: str
    settled_at: datetime | None


_OF = ("law", "version")
ENTERED = FactKind("LawEntered", 1, (*_OF, "kind"), "A rule was entered into the legal register")
CHANGED = FactKind(
    "LawChanged", 1, (*_OF, "flags"), "A rule has a new version: so many documents and lessons depend on it"
)
LOOKED = FactKind(
    "LawLookedAt", 1, (*_OF, "late_days"), "Whoever looks after a rule has looked at its source, so many days late"
)
STIRRED = FactKind("LawSourceStirred", 1, _OF, "The watched page of a rule has changed")
EVALUATED = FactKind("LawEvaluated", 1, (*_OF, "outcome"), "It was evaluated whether a rule is met, with evidence")
SETTLED = FactKind(
    "LawFlagSettled", 1, ("law", "flag", "what"), "Somebody has looked at what depends on a changed rule"
)
IMPORTED = FactKind("LawsImported", 1, ("rows", "new", "changed"), "A file was put into the legal register")
FACTS = (ENTERED, CHANGED, LOOKED, STIRRED, EVALUATED, SETTLED, IMPORTED)

LOOK = UnaskedKind(
    "compliance.register.look", 5, Overflow.JOIN, timedelta(days=4), "compliance.register.look_title",
    "Whoever looks after a rule is asked on its rhythm whether its source has changed, and when a watched page has.",
)  # fmt: skip
EVALUATE = UnaskedKind(
    "compliance.register.evaluate", 5, Overflow.JOIN, timedelta(days=4), "compliance.register.evaluate_title",
    "Whoever looks after a rule is asked on its rhythm whether it is met.",
)  # fmt: skip
FLAGGED = UnaskedKind(
    "compliance.register.flagged", 4, Overflow.JOIN, timedelta(days=2), "compliance.register.flagged_title",
    "A rule has a new version, and documents or lessons depend on it.",
)  # fmt: skip
UNASKED = (LOOK, EVALUATE, FLAGGED)
