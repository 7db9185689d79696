"""How many people must look after safety somewhere, as values, and the facts of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.ledger.model import FactKind

DRAFT = "sf.draft"
"""The conversation in which a requirement is entered, or somebody is named."""


class Kind(StrEnum):
    """Who is required."""

    SAFETY_OFFICER = "safety_officer"
    FIRST_AIDER = "first_aider"
    FIRE_WARDEN = "fire_warden"
    HEALTH = "health"
    REPRESENTATIVE = "representative"
    OTHER = "other"


@dataclass(frozen=True)
class Requirement:
    """At least so many for a unit from so many people on, and one for each `per` people where that is more.

    `source` is the rule that says so, in the words of whoever entered it, for one jurisdiction.
    """

    id: int
    unit: int
    path: str
    jurisdiction: str
    kind: Kind
    at_least: int
    from_people: int
    per: int
    source: str


@dataclass(frozen=True)
class Standing:
    """What is required of a unit and what there is."""

    requirement: Requirement
    people: int
    needed: int
    there: int

    @property
    def missing(self) -> int:
        """How many are missing."""
        return max(self.needed - self.there, 0)


ENTERED = FactKind(
    "StaffingRequired",
    1,
    ("requirement", "unit", "kind", "at_least", "per"),
    "So many people must look after safety in a unit",
)
RETIRED = FactKind("StaffingRequirementRetired", 1, ("requirement", "unit", "kind"), "A requirement holds no more")
NAMED = FactKind("SafetyPersonNamed", 1, ("kind", "unit"), "Somebody was named to look after safety in a unit")
ENDED = FactKind("SafetyPersonEnded", 1, ("kind", "unit"), "Somebody does not look after safety in a unit any more")
FACTS = (ENTERED, RETIRED, NAMED, ENDED)
