"""When a health check is due, and what a line that is typed says. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from bot.resources.health.model import Checkup

AHEAD = timedelta(days=30)
MOST_MONTHS, MOST_LINES = 120, 100


class Entry(NamedTuple):
    """A line as HR types it: `W-1042 2027-03-01 12`."""

    badge: str
    due_on: date
    every_months: int


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + year, month + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def next_due(found: Checkup, done_on: date) -> date | None:
    """When the next one is due; None where there is none."""
    return months_later(done_on, found.every_months) if found.every_months else None


def overdue(found: Checkup, today: date) -> bool:
    """Whether its day is over."""
    return found.due_on < today


def entry_of(line: str) -> Entry | None:
    """A badge, a day and a rhythm in months (left out: once); None where it is none."""
    parts = line.split()
    if len(parts) not in (2, 3):
        return None
    try:
        due, months = date.fromisoformat(parts[1]), int(parts[2]) if len(parts) == 3 else 0
    except ValueError:
        return None
    return Entry(parts[0], due, months) if 0 <= months <= MOST_MONTHS else None
