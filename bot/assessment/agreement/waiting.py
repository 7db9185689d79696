"""Proposals that wait for somebody's word, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment.agreement import store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """What is to be agreed to."""
    return [
        (
            text("assessment.agreement.waiting", what=text("assessment.agreement.item", item=each.item), on=each.is_on),
            button("assessment.agreement.b_open", f"wa:open:{each.id}"),
        )
        for each in store.waiting_for(session, person, now)[:MOST]
    ]


TODAY = today
