"""Penalties that wait for somebody's answer or decision, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.rewards.penalties import store

MOST = 5


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """The oldest first."""
    viewer = people.viewer(session, person, now)
    found = store.waiting(session, viewer, now) if viewer is not None else []
    return [
        (
            text(
                "rewards.penalties.waiting", number=each.id, mine=each.person == person, until=each.reply_by.isoformat()
            ),
            button("rewards.penalties.b_open", f"pnl:open:{each.id}", number=each.id),
        )
        for each in found[:MOST]
    ]


TODAY = today
