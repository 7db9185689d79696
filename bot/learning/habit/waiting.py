"""What `/mystatus` says of the habit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text
from bot.learning.habit import days, showing, store
from bot.learning.habit.model import Mode
from bot.people import store as people


def status(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """The working days in a row, from the second on."""
    who = people.person(session, person, now)
    if who is None or store.mode(session, who.path, now) is not Mode.ON:
        return []
    line = showing.status_line(days.streak(session, who, now))
    return [(line, button("learning.habit.b_own", "hb.own"))] if line is not None else []


STATUS = status
