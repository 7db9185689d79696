"""When a facility falls due. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from bot.resources.facilities.model import Facility

AHEAD = timedelta(days=7)
RHYTHMS = (7, 30, 90, 180, 365)
MOST_WORDS, MOST_DAYS = 140, 3650


def overdue(found: Facility, today: date) -> bool:
    """Whether its day is over."""
    return found.due_on < today


def soon(found: Facility, today: date) -> bool:
    """Whether it is time to look."""
    return found.due_on - today <= AHEAD


def next_due(found: Facility, today: date) -> date:
    """When it is looked at again: counted from when somebody really looked."""
    return today + timedelta(days=found.every_days)
