"""When a suggestion is brought up again. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from bot.voice.rules import WEEK
from bot.voice.suggestions.model import State, Suggestion

UNDECIDED = WEEK
DEFER_DAYS = (30, 90, 180)
DUE_DAYS = (14, 30, 90)
DECISIONS = {"accept": State.ACCEPTED, "reject": State.REJECTED, "defer": State.DEFERRED}


def next_step(found: Suggestion) -> str:
    """What is done when it is brought up: `decide` or `decide_above`, `back`, `due` or `overdue`; nothing where it is over."""
    if found.state is State.OPEN:
        return "decide" if found.rung == 0 else "decide_above"
    if found.state is State.DEFERRED:
        return "back"
    if found.state is State.ACCEPTED:
        return "due" if found.rung == 0 else "overdue"
    return ""


def wait(step: str) -> timedelta:
    """Until it is brought up next: the day after it was due, then every week."""
    return timedelta(days=1) if step == "due" else WEEK


def overdue(found: Suggestion, today: date) -> bool:
    """Whether its day is over and it is not done."""
    return found.state is State.ACCEPTED and found.due_on is not None and found.due_on < today
