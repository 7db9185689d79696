"""Calls for help that are not over, and one's own timer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies.sos import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Open calls where somebody leads, then the timer that runs."""
    items: list[tuple[Text, Button | None]] = []
    viewer = people.viewer(session, person, now)
    for found in store.open_under(session, viewer) if viewer is not None else ():
        who = people.person(session, found.person, now)
        words = text("emergencies.sos.waiting", name=who.name if who else "", seen=found.seen_by is not None)
        items.append((words, button("emergencies.sos.b_go", f"so:go:{found.id}") if found.seen_by is None else None))
    timer = store.alone_of(session, person)
    if timer is not None:
        words = text("emergencies.sos.waiting_alone", due_at=timer.due_at.isoformat())
        items.append((words, button("emergencies.sos.b_fine", f"al:ok:{timer.id}")))
    return items


TODAY = today
