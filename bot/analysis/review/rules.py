"""The order of the cycle, and which month comes when. Pure."""

from __future__ import annotations

from datetime import date

from bot.analysis.review.model import Item, Phase, State


def after(phase: Phase) -> Phase | None:
    """The next step; after the last one only the end."""
    order = list(Phase)
    at = order.index(phase) + 1
    return order[at] if at < len(order) else None


def month_of(on: date) -> date:
    """The first day of a month."""
    return on.replace(day=1)


def months_between(first: date, last: date) -> int:
    """How many months later the last one is."""
    return (last.year - first.year) * 12 + last.month - first.month


def overdue(item: Item, today: date) -> bool:
    """Whether its day is over and it is open."""
    return item.state is State.OPEN and item.due_on < today
