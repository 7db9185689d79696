"""Goals that somebody is asked to take over, and their own that are overdue, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.duties.goals import rules, store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """First what waits for a yes, then what is overdue."""
    who = people.person(session, person, now)
    items: list[tuple[Text, Button | None]] = []
    for row in store.asked_of(session, person)[:MOST]:
        found = store.goal(session, row.goal_id)
        words = text("duties.goals.waiting_handover", words=found.words if found else "")
        items.append((words, button("duties.goals.b_handover", f"dgh:open:{row.id}")))
    for goal in store.seen_by(session, person, now):
        if who is not None and goal.owner == person and rules.overdue(goal, people.today_of(who, now)):
            words = text("duties.goals.waiting_overdue", words=goal.words, due=goal.due_on.isoformat())
            items.append((words, button("duties.goals.b_open", f"dg:open:{goal.id}")))
    return items[: 2 * MOST]


TODAY = today
