"""Interviews of one's own that are not followed up, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.voice.interviews import store

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Those that are planned, and those of which nobody has said what changed."""
    return [
        (
            text("voice.interviews.waiting", topic=each.topic, state=each.state.value, day=each.planned_on.isoformat()),
            button("voice.b_look", f"iv:open:{each.id}"),
        )
        for each in store.led_by(session, person, MOST)
    ]


TODAY = today
