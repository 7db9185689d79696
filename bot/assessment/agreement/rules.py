"""Whose word is needed for what. Pure."""

from __future__ import annotations

from datetime import datetime

from bot.assessment.agreement.model import FIGURES, LEAST_PURPOSE, MOST_PURPOSE, OPEN_FOR, Clause, Side
from bot.people.agreement import WORKTIME


def may_agree(asker: Side, other: Side, council: bool) -> bool:
    """Whether a second person's word makes a proposal hold: another one with a role, and where there is a works council
    one speaks for it and the other for the employer.
    """
    if asker.person == other.person or not (asker.any and other.any):
        return False
    return not council or (asker.council and other.employer) or (asker.employer and other.council)


def protects(item: str, on: bool) -> bool:
    """Whether a change only takes figures of people away, or gives them their rest: one word is enough, at once."""
    return (item in FIGURES and not on) or (item == WORKTIME and on)


def is_open(clause: Clause, now: datetime) -> bool:
    """Whether a proposal may still be answered."""
    return now - clause.asked_at < OPEN_FOR


def purpose_of(said: str) -> str | None:
    """A purpose as it is kept; None where it is none."""
    words = " ".join(said.split())
    return words if LEAST_PURPOSE <= len(words) <= MOST_PURPOSE else None
