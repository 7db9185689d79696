"""Who holds a post near a unit, and who somebody is by their badge: for ladders that name them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from bot.people import store
from bot.people.model import Person
from bot.people.tables import PersonRow, PlacementRow, UnitRow


def post_holders(session: Session, post: str, path: str, now: datetime) -> list[Person]:
    """Who works in a post in the unit nearest to a path, its site at the farthest."""
    site = "/" + "/".join(path.strip("/").split("/")[:2]) + "/"
    found = store.people_on.where(
        func.lower(PlacementRow.post) == post.lower(), UnitRow.path.startswith(site), PersonRow.left_on.is_(None)
    )
    held = [store.as_person(row) for row in session.execute(found.order_by(PersonRow.id), {"on": now.date()})]
    nearest = max((_common(person.path, path) for person in held), default=0)
    return [person for person in held if _common(person.path, path) == nearest]


def by_badges(session: Session, badges: Sequence[str], now: datetime) -> dict[str, Person]:
    """People who work here, by badge."""
    found = {badge: store.person_by_badge(session, badge, now) for badge in badges}
    return {badge: person for badge, person in found.items() if person is not None and person.left_on is None}


def _common(one: str, other: str) -> int:
    here, there = one.strip("/").split("/"), other.strip("/").split("/")
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    return shared
