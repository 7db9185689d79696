"""Honours about which somebody has not answered, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.rewards.bulletin import store

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """The oldest first."""
    return [
        (text("rewards.bulletin.waiting"), button("rewards.bulletin.b_mine", f"hon:mine:{each.id}"))
        for each in store.unanswered(session, person)[:MOST]
    ]


TODAY = today
