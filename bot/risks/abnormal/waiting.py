"""What of abnormal states stands under `/today`: those that somebody's area is in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.risks.abnormal import actions, store


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Each state in force where somebody works."""
    who = people.person(session, person, now)
    items: list[tuple[Text, Button | None]] = []
    for found in store.concerning(session, who.path) if who is not None else ():
        unit = people.unit(session, found.unit)
        ends = found.ends_at.isoformat() if found.ends_at else ""
        words = text(
            "risks.abnormal.waiting", kind=actions.name(found.kind), unit=unit.label if unit else "", ends_at=ends
        )
        items.append((words, button("risks.abnormal.b_seen", f"ab:seen:{found.id}")))
    return items


TODAY = today
