"""Where somebody who looks after safety is missing, for `/today` of whoever answers for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.replies import Button, button
from bot.kit.texts import Text, text
from bot.people import speaking
from bot.resources.staffing import actions, store


def today(session: Session, person: int, now: datetime) -> list[tuple[Text, Button | None]]:
    """One line for all gaps."""
    paths = speaking.paths(session, person, actions.KEEPER, now)
    gaps = [each for each in store.standing(session, paths, now) if each.missing] if paths else []
    if not gaps:
        return []
    words = text("resources.staffing.waiting", count=sum(each.missing for each in gaps))
    return [(words, button("resources.staffing.b_look", f"sf:open:{gaps[0].requirement.id}"))]


TODAY = today
