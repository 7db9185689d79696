"""What of the legal register waits for somebody, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.register import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """Sources to look at, rules to evaluate, flags to settle: of what somebody looks after."""
    due = {each.id: each for each in store.due_for(session, person, now, MOST)}
    due |= {each.id: each for each in store.flagged_for(session, person, MOST)}
    return [
        (
            text("compliance.register.waiting", code=each.code, title=dict(each.title)),
            button("compliance.register.b_open", f"lw:open:{each.id}", code=each.code),
        )
        for each in list(due.values())[:MOST]
    ]


TODAY = today
