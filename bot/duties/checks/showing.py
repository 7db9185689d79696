"""How a look at a duty is shown to whoever is to look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.duties.checks import store
from bot.duties.checks.model import Check, Outcome
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people

MOST = 8


def line(session: Session, found: Check, now: datetime) -> dict[str, Any]:
    """Whose duty, and which."""
    who, duty = people.person(session, found.person, now), store.duty(session, found)
    return {"name": who.name if who else "", "duty": dict(duty.words) if duty else found.duty}


def asked(session: Session, found: list[Check], now: datetime) -> Message:
    """All that somebody is to look at this week, in one message."""
    items = [line(session, each, now) for each in found[:MOST]]
    keys = [
        button("duties.checks.b_open", f"dck:open:{each.id}", name=item["name"])
        for each, item in zip(found, items, strict=False)
    ]
    due = min(each.due_at for each in found).isoformat()
    return Message(text("duties.checks.look", items=items, due=due), rows(*keys))


def card(session: Session, found: Check, now: datetime) -> Message:
    """One look: the duty, how it is checked, and what may be found."""
    duty = store.duty(session, found)
    check = dict(duty.check) if duty else ""
    keys = [
        button("duties.checks.b_outcome", f"dck:found:{found.id}:{outcome.value}", outcome=outcome.value)
        for outcome in Outcome
    ]
    return Message(text("duties.checks.card", **line(session, found, now), check=check), rows(*keys))
