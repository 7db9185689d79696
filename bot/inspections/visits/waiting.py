"""What of the visits waits for somebody, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.inspections.visits import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

MOST = 4
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody has to put right, and what waits for them to close it."""
    paths = store.paths(session, person, now)
    closing = (
        [each for each in store.to_close(session, paths, MOST) if person not in (each.owner, each.corrected_by)]
        if paths
        else []
    )
    items: list[Item] = []
    for each, closes in [*((e, False) for e in store.owned(session, person, MOST)), *((e, True) for e in closing)]:
        words = text(
            "inspections.visits.waiting", number=each.nth, words=each.words[:80], until=each.due_at.isoformat(),
            late=not closes and each.due_at <= now, closes=closes,
        )  # fmt: skip
        items.append((words, button("inspections.visits.b_open", f"inv:f:{each.id}")))
    return items


TODAY = today
