"""What somebody has yet to acknowledge, for `/today`; and what their people have not, for whoever leads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.reading import actions, store
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import speaking as whom
from bot.people import store as people

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """Each thing to read with its button; for leaders one line for all that is open."""
    who = people.person(session, person, now)
    if who is None:
        return []
    items: list[Item] = []
    for found in store.owed(session, who, now, MOST):
        title = actions.title_of(session, found)
        key = button("compliance.reading.b_read", f"rd:show:{found.id}", title=title)
        items.append((text("compliance.reading.waiting", title=title), key))
    for found in store.live(session, whom.paths(session, person, actions.SENDER, now), MOST):
        meant, done = store.counts(session, found, now)
        if meant > done:
            title = actions.title_of(session, found)
            key = button("compliance.reading.b_standing", f"rd:who:{found.id}", title=title, late=meant - done)
            items.append((text("compliance.reading.waiting_led", title=title, late=meant - done, meant=meant), key))
    return items


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """How much somebody has yet to acknowledge."""
    who = people.person(session, person, now)
    owed = len(store.owed(session, who, now)) if who is not None else 0
    return [(text("compliance.reading.status", count=owed), None)] if owed else []


TODAY, STATUS = today, status
