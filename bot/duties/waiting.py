"""What of their duties waits for somebody, for `/today`, and when they acknowledged them, for their status."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.duties import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people

Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """One's own duties while they are not acknowledged; then the questions about them, until they were answered once."""
    if store.opened(session, person, now) is not None:
        return [(text("duties.waiting"), button("duties.b_read", "du:mine"))]
    who = people.person(session, person, now)
    found = store.of(session, who) if who is not None else None
    if (
        found is None
        or store.current(session, person, found.id, now) is None
        or store.played(session, person, found.id)
    ):
        return []
    return [(text("duties.waiting_quiz"), button("duties.b_quiz", f"du:quiz:{found.id}"))]


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """When one's duties were acknowledged."""
    who = people.person(session, person, now)
    found = store.of(session, who) if who is not None else None
    given = store.current(session, person, found.id, now) if found is not None else None
    if found is None or given is None or given.acknowledged_at is None:
        return []
    at = given.acknowledged_at.isoformat()
    return [(text("duties.status_line", at=at, version=found.version), button("duties.b_read", "du:mine"))]


TODAY, STATUS = today, status
