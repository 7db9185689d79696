"""One's own health check, for `/today` when it is due and for one's status."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.resources.health import rules, store

Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """Within a month of its day."""
    found, who = store.of(session, person), people.person(session, person, now)
    if found is None or who is None or found.due_on - people.today_of(who, now) > rules.AHEAD:
        return []
    return [
        (text("resources.health.waiting", due=found.due_on.isoformat()), button("resources.health.b_look", "hc:mine"))
    ]


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """When the next one is due."""
    found = store.of(session, person)
    if found is None:
        return []
    return [
        (
            text("resources.health.status_line", due=found.due_on.isoformat()),
            button("resources.health.b_look", "hc:mine"),
        )
    ]


TODAY, STATUS = today, status
