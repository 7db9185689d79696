"""What waits for a trainer, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.library.spotting import store


def pictures(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Pictures of dangers that are gone, for whoever is a trainer there."""
    count = store.count(session, person, now)
    return (
        [(text("library.spotting.waits", count=count), button("library.spotting.b_look", "ls.list"))] if count else []
    )


TODAY = pictures
