"""How goals look in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.duties import store as duties
from bot.duties.goals import actions, rules, store
from bot.duties.goals.model import Digest, Goal, Line, State
from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person

MOST = 12
SETTLED_WITHIN = rules.WEEK


def figures(session: Session, who: Person, now: datetime, *, so_far: bool = False) -> Digest:
    """The week of what somebody leads or owns; what was settled within it is among it."""
    goals = store.seen_by(session, who.id, now, now - SETTLED_WITHIN)
    today = people.today_of(who, now)
    return rules.digest(goals, store.steps(session, [each.id for each in goals]), today, so_far=so_far)


def summary(session: Session, who: Person, found: Digest, now: datetime) -> Text:
    """A digest in words: each figure is the sum of the lines that are shown, or of those that are said to be more."""
    lines = [line(session, each, now) for each in found.lines[:MOST]]
    return text(
        "duties.goals.week", lines=lines, more=len(found.lines) - len(lines), open=found.open, reached=found.reached,
        dropped=found.dropped, overdue=found.overdue, steps=found.steps_this_week,
    )  # fmt: skip


def line(session: Session, each: Line, now: datetime) -> dict[str, Any]:
    """One goal of the week's figures."""
    return _line(session, each.goal, now) | {"done": each.whole, "week": each.this_week, "overdue": each.overdue}


def _line(session: Session, goal: Goal, now: datetime) -> dict[str, Any]:
    owner, unit = people.person(session, goal.owner, now), people.unit(session, goal.unit)
    return {
        "id": goal.id, "words": goal.words, "owner": owner.name if owner else "", "unit": unit.label if unit else "",
        "target": goal.target, "due": goal.due_on.isoformat(), "state": goal.state.value,
    }  # fmt: skip


def overview(session: Session, who: Person, now: datetime) -> Message:
    """All goals that somebody sees, with a button each; whoever leads can set one."""
    found = figures(session, who, now, so_far=True)
    shown = [each.goal for each in found.lines[:MOST] if each.goal.state is State.OPEN]
    keys = [button("duties.goals.b_number", f"dg:open:{each.id}", number=each.id) for each in shown]
    new = [button("duties.goals.b_new", "dg:new")] if duties.led(session, who.id, now) else []
    return Message(summary(session, who, found, now), (*rows(*keys, each=4), *rows(*new)))


def card(session: Session, who: Person, goal: Goal, now: datetime) -> Message:
    """One goal, and what this reader can do with it."""
    parent = store.goal(session, goal.parent) if goal.parent else None
    said = text(
        "duties.goals.card", **_line(session, goal, now), done=store.done(session, goal.id), parent=parent.words if parent else "",
        overdue=rules.overdue(goal, people.today_of(who, now)),
    )  # fmt: skip
    keys = []
    if goal.state is State.OPEN:
        if goal.owner == who.id:
            keys += [
                button("duties.goals.b_one", f"dg:one:{goal.id}"),
                button("duties.goals.b_some", f"dg:some:{goal.id}"),
            ]
        leads = actions.leads(session, who.id, goal.path, now)
        if goal.owner == who.id or leads:
            keys.append(button("duties.goals.b_hand", f"dg:hand:{goal.id}"))
        if leads:
            keys.append(button("duties.goals.b_drop", f"dg:drop:{goal.id}"))
    return Message(said, rows(*keys))


def may_see(session: Session, who: Person, goal: Goal, now: datetime) -> bool:
    """Its owner, and whoever leads there."""
    return goal.owner == who.id or actions.leads(session, who.id, goal.path, now)
