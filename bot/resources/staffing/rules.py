"""How many are needed. Pure; the numbers are the company's and the law's, none are ours."""

from __future__ import annotations

from bot.resources.staffing.model import Requirement

MOST, MOST_SOURCE = 10_000, 200


def needed(found: Requirement, people: int) -> int:
    """How many a requirement asks of a unit with so many people."""
    if people < found.from_people:
        return 0
    each = -(-people // found.per) if found.per else 0
    return max(found.at_least, each)


def holds_in(found: Requirement, jurisdiction: str) -> bool:
    """Whether a requirement of a jurisdiction binds a unit that stands under one."""
    return found.jurisdiction == "any" or found.jurisdiction.casefold() == jurisdiction.casefold()
