"""Wishes that somebody may answer, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.rewards.shop import store

MOST = 5


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """The oldest first."""
    viewer = people.viewer(session, person, now)
    items: list[tuple[Text, Button | None]] = []
    for each in store.waiting(session, viewer, MOST) if viewer is not None else ():
        who, reward = people.person(session, each.person, now), store.reward(session, each.reward)
        words = text("rewards.shop.waiting", name=who.name if who else "", reward=dict(reward.names) if reward else "")
        items.append((words, button("rewards.shop.b_answer", f"rwd:open:{each.id}", number=each.id)))
    return items


TODAY = today
