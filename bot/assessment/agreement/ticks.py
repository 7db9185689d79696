"""Everybody who works there is told that the agreement has changed, in slices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.agreement import actions, store
from bot.assessment.agreement.actions import TELL
from bot.assessment.agreement.model import CHANGED
from bot.db import jobs
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text

SLICE = 30


def tell(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Tells one slice; the next is a job of its own."""
    id, after = payload["clause"], payload["after"]
    found = store.clause(session, id)
    if found is None:
        return
    said = Message(
        text("assessment.agreement.changed", line=actions.line(session, found, now)),
        rows(button("assessment.agreement.b_all", "wa:all")),
    )
    whom = store.concerned(session, found.path, after, SLICE)
    for person in whom:
        key = f"agreement:{id}:changed:{person}"
        outbox.send(session, outbox.to_person(person), said, Lane.BULK, now, key=key, unasked=CHANGED)
    if len(whom) == SLICE:
        jobs.enqueue(session, TELL, {"clause": id, "after": whom[-1]}, key=f"{TELL}:{id}:{whom[-1]}", now=now)


JOBS = {TELL: tell}
