"""A muster that runs stands first of what waits for somebody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.emergencies.muster import store
from bot.emergencies.muster.model import Answer
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Musters that wait for one's answer."""
    who = people.person(session, person, now)
    items: list[tuple[Text, Button | None]] = []
    for found in store.concerning(session, who.path) if who is not None else ():
        said = store.on_roster(session, found.id, [person]).get(person)
        if said is not None and said[1] == Answer.SILENT.value:
            words = text("emergencies.muster.waiting", real=found.real)
            items.append((words, button("emergencies.muster.b_safe", f"mu.a:{found.id}:safe")))
    return items


TODAY = today
