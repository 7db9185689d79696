"""What somebody is to look at, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.duties.checks import showing, store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """A line for each look that waits."""
    items: list[tuple[Text, Button | None]] = []
    for found in store.open_for(session, person)[:MOST]:
        said = showing.line(session, found, now)
        key = button("duties.checks.b_open", f"dck:open:{found.id}", name=said["name"])
        items.append((text("duties.checks.waiting", **said), key))
    return items


TODAY = today
