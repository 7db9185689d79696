"""Appeals that somebody is named to decide, and settings that wait for a second person, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.rewards import rules, store, switching

MOST = 5


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """The most pressing first."""
    items: list[tuple[Text, Button | None]] = []
    for each in store.appeals_for(session, person)[:MOST]:
        words = text(
            "rewards.waiting_appeal", number=each.row, due=each.due_at.isoformat(), late=rules.is_late(each, now)
        )
        items.append((words, button("rewards.b_decide", f"pts:appeal:{each.id}", number=each.row)))
    viewer = people.viewer(session, person, now)
    if viewer is not None and viewer.anywhere(store.HR):
        for row in switching.waiting(session, viewer)[:MOST]:
            items.append((switching.question(session, row.id, now), button("rewards.b_look", f"pts:switch:{row.id}")))
    return items


TODAY = today
