"""Proposals that wait for somebody's word, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.voice.proposals import showing, store

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Those that somebody was asked about and has not answered."""
    return [
        (
            text("voice.proposals.waiting", words=showing.short(each.words), due=each.due_at.isoformat()),
            button("voice.b_look", f"vp:open:{each.id}"),
        )
        for each in store.unanswered(session, person, MOST)
    ]


TODAY = today
