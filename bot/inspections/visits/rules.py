"""Decisions about visits: who may do what with a finding, which places are like another. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.inspections.visits.model import OVER, Found, State

SOON = timedelta(days=3)
PATIENCE = timedelta(hours=4)
MOST_WORDS, MOST_LINE = 2000, 200
MOST_FILES = 40
DAYS = (1, 7, 14, 30, 60, 90)
GUEST_HOURS = (24, 72, 168, 720)


def may_correct(found: Found, by: int) -> bool:
    """The owner says that it is put right."""
    return found.owner == by and found.state in (State.OPEN, State.OBJECTED)


def may_object(found: Found, by: int, *, leads: bool) -> bool:
    """The owner, or whoever answers for safety there, while it is open."""
    return (found.owner == by or leads) and found.state is State.OPEN


def may_settle(found: Found, by: int, objector: int | None, *, leads: bool) -> bool:
    """Whoever answers for safety writes down what the authority said to the objection; not the one who raised it."""
    return leads and found.state is State.OBJECTED and by != objector


def may_close(found: Found, by: int, *, leads: bool) -> bool:
    """Another person than the owner and than whoever put it right."""
    return leads and found.state is State.CORRECTED and by not in (found.owner, found.corrected_by)


def may_extend(found: Found, *, leads: bool) -> bool:
    """Whoever answers for safety writes down that the authority gave more time."""
    return leads and found.state not in OVER


def may_add(found: Found, by: int, *, leads: bool) -> bool:
    """Files are added by the owner and by whoever answers for safety, until it is over."""
    return (found.owner == by or leads) and found.state not in OVER


def is_soon(found: Found, now: datetime) -> bool:
    """Whether its owner is to be reminded."""
    return found.state in (State.OPEN, State.OBJECTED) and now >= found.due_at - SOON


def is_overdue(found: Found, now: datetime) -> bool:
    """Whether its deadline has passed and it is not put right."""
    return found.state in (State.OPEN, State.OBJECTED) and now >= found.due_at


def kind_of(code: str) -> str:
    """What kind of place a code names: `HW-PRESS-3` and `LG-PRESS-1` are both PRESS; empty where it cannot be told."""
    words = [word for word in re.split(r"[-_ ]", code.upper()) if word.isalpha() and len(word) > 2]
    return words[0] if words else ""


def like(code: str, others: Iterable[tuple[str, int]]) -> set[int]:
    """The units of those places that are of one kind with a place. `others`: code and unit."""
    kind = kind_of(code)
    return {unit for other, unit in others if kind and kind_of(other) == kind}


def day_of(words: str) -> date | None:
    """A date as somebody types it: 2026-12-31; None for anything else."""
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        return None
