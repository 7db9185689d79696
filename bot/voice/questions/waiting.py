"""Questions that wait for somebody's answer, for `/today`; and their own that wait, for `/mystatus`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people.model import Role
from bot.voice import whom
from bot.voice.questions import showing, store

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """Questions that somebody may answer as a safety officer, the one that is due first foremost."""
    paths = whom.led(session, person, now, Role.SAFETY_OFFICER)
    return [
        (
            text("voice.questions.waiting", words=showing.short(row.words), due=row.due_at.isoformat() if row.due_at else None),
            button("voice.questions.b_answer", f"vq:answer:{row.id}"),
        )
        for row in store.open_under(session, paths, MOST, besides=person)
    ]  # fmt: skip


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """One's own questions, until when they are to be answered."""
    return [
        (text("voice.questions.asked", words=showing.short(row.words), due=row.due_at.isoformat() if row.due_at else None), None)
        for row in store.asked_by(session, person)
    ]  # fmt: skip


TODAY, STATUS = today, status
