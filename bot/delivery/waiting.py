"""What was held back for somebody, for `/today`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import backlog
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """A line for each kind of message that waits, and one button that shows them."""
    lines = backlog.waiting(session, person)
    items: list[Item] = [(text("delivery.held_line", title=Text(line.title), count=line.count), None) for line in lines]
    if items:
        items[-1] = (items[-1][0], button("delivery.show_waiting", "dl.waiting"))
    return items


TODAY = today
