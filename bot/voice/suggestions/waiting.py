"""Suggestions that somebody decides about or carries out, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people.model import Role
from bot.voice import whom
from bot.voice.suggestions import showing, store

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """First what is to be done, then what is to be decided."""
    items: list[tuple[Text, Button | None]] = []
    for each in store.owned(session, person, MOST):
        due = each.due_on.isoformat() if each.due_on else None
        said = text("voice.suggestions.waiting_done", words=showing.short(each.words), due=due)
        items.append((said, button("voice.b_look", f"vs:open:{each.id}")))
    for each in store.undecided(session, whom.led(session, person, now, Role.SAFETY_OFFICER), person, MOST):
        said = text("voice.suggestions.waiting_decision", words=showing.short(each.words))
        items.append((said, button("voice.b_look", f"vs:open:{each.id}")))
    return items


TODAY = today
