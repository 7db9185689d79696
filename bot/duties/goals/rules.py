"""What a week looks like in figures, and when two orders are the same. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import sha256

from bot.duties.goals.model import Digest, Goal, Line, State, Step

WEEK = timedelta(days=7)
MOST_LETTERS, MOST_TARGET = 200, 100_000


def item(unit: int, words: str) -> str:
    """The name of what is ordered in a unit: the same words, whatever their capitals, spaces and marks, are the same item."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    letters = "".join(each for each in plain if each.isalnum())
    return f"{unit}:{sha256((letters or plain).encode()).hexdigest()[:32]}"


def digest(goals: Sequence[Goal], steps: Iterable[Step], today: date, *, so_far: bool = False) -> Digest:
    """The figures of some goals: every one is a sum of rows, so that anybody can add it up.

    The week is of whole days, so that each step stands in one weekly digest; `so_far`: with today, for whoever looks now.
    """
    end = today + timedelta(days=1) if so_far else today
    own: dict[int, int] = {goal.id: 0 for goal in goals}
    week: dict[int, int] = {goal.id: 0 for goal in goals}
    for step in steps:
        if step.goal in own:
            own[step.goal] += step.amount
            if end - WEEK <= step.on < end:
                week[step.goal] += step.amount
    whole = _rolled(goals, own)
    lines = tuple(Line(goal, own[goal.id], whole[goal.id], week[goal.id], overdue(goal, today)) for goal in goals)
    states = [goal.state for goal in goals]
    return Digest(
        lines,
        states.count(State.OPEN),
        states.count(State.REACHED),
        states.count(State.DROPPED),
        sum(line.overdue for line in lines),
        sum(week.values()),
    )


def _rolled(goals: Sequence[Goal], own: dict[int, int]) -> dict[int, int]:
    """What was done of each goal and of all below it. A goal whose parent is not among these stands at the top."""
    parents = {goal.id: goal.parent for goal in goals}
    whole = dict(own)
    for goal in goals:
        seen, above = {goal.id}, parents[goal.id]
        while above in parents and above not in seen:
            assert above is not None
            whole[above] += own[goal.id]
            seen.add(above)
            above = parents[above]
    return whole


def overdue(goal: Goal, today: date) -> bool:
    """Whether its day is over and it is not reached."""
    return goal.state is State.OPEN and goal.due_on < today
