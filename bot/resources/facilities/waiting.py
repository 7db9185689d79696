"""Facilities that somebody is to look at, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.resources.facilities import rules, store

MOST = 3


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """Their own that are due, the oldest first."""
    who = people.person(session, person, now)
    if who is None:
        return []
    on = people.today_of(who, now)
    return [
        (
            text(
                "resources.facilities.waiting", kind=each.kind.value, what=each.words, is_over=rules.overdue(each, on)
            ),
            button("resources.facilities.b_open", f"fa:open:{each.id}"),
        )
        for each in store.seen_by(session, person, (), MOST)
        if rules.soon(each, on)
    ]


TODAY = today
