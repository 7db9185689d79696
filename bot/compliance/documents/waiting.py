"""What is offered where a place is scanned: the rules that hold there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.documents import store
from bot.kit.replies import Button, button
from bot.people import store as people
from bot.people.model import Person, Place


def at_place(session: Session, place: Place, person: Person, now: datetime) -> list[Button]:
    """A button that shows the rules of a place; none where there are none."""
    unit = people.unit(session, place.unit)
    if unit is None or not store.holding(session, unit.path, place.id, 1):
        return []
    return [button("compliance.documents.b_here", f"dc:here:{place.id}")]


AT_PLACE = at_place
