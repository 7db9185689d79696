"""A survey that somebody may answer, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.voice import whom
from bot.voice.pulse import store


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Those that are not answered to the end."""
    who = whom.working(session, person, now)
    return [
        (
            text("voice.pulse.waiting", closes=found.closes_at.isoformat(), left=len(found.statements) - done),
            button("voice.pulse.b_begin", f"pu:go:{found.id}"),
        )
        for found, done in (store.open_for(session, who, now) if who is not None else ())
    ]


TODAY = today
