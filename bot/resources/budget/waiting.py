"""Requests for money that wait for somebody's yes, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.resources.budget import store


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """One line for all of them."""
    count = len(store.approvable(session, person, now))
    if not count:
        return []
    return [(text("resources.budget.waiting", count=count), button("resources.budget.b_look", "bg:waiting"))]


TODAY = today
