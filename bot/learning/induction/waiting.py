"""What the gate has waiting for somebody, for `/today` and `/mystatus`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.learning.induction import showing, store
from bot.learning.induction.model import Standing
from bot.people import store as people

Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """That one is not cleared yet; and how many of one's people are not."""
    items: list[Item] = []
    found = store.clearance(session, person, now)
    if found.missing:
        items.append((showing.line(found), button("learning.induction.b_own", "in.own")))
    viewer = people.viewer(session, person, now)
    if viewer is not None and viewer.grants:
        count = len(store.waiting(session, viewer, now, most=100))
        if count:
            words = text("learning.induction.people_wait", count=count)
            items.append((words, button("learning.induction.b_list", "in.list")))
    return items


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """Whether one is cleared to work."""
    found = store.clearance(session, person, now)
    return [] if found.standing is Standing.NOT_ASKED else [(showing.line(found), None)]


TODAY, STATUS = today, status
