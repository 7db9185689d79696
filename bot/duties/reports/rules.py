"""Which month a report is about, and what a visit needs to count. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

ANSWER_WITHIN = timedelta(days=7)
MOST_LETTERS = 800


def month_before(on: date) -> str:
    """The month before a day's: `2026-10`."""
    last = on.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def bounds(month: str) -> tuple[datetime, datetime]:
    """The instants between which a month lies, in UTC."""
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=32)).replace(day=1)
    return datetime(first.year, first.month, 1, tzinfo=UTC), datetime(after.year, after.month, 1, tzinfo=UTC)


def coarse(degrees: float) -> float:
    """A place to about a hundred metres: it says where somebody was, and not beside which machine."""
    return round(degrees, 3)
