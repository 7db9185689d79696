"""Who is a level above somebody: checks of their duties, their reports and their delays are looked at there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

ORDER = (Role.SUPERVISOR, Role.MANAGER, Role.SAFETY_OFFICER, Role.ADMIN)
RANK: Mapping[Role, int] = {Role.SUPERVISOR: 0, Role.SAFETY_OFFICER: 1, Role.MANAGER: 2, Role.ADMIN: 3}


def above(session: Session, person: Person, now: datetime) -> list[Person]:
    """The nearest who lead somebody and are not their equals: over a wider unit, or with a higher role over the same.

    Empty for whoever stands at the top.
    """
    held = oncall.holders(session, ORDER, person.path, now)
    viewer = people.viewer(session, person.id, now)
    own = [grant for grant in (viewer.grants if viewer else ()) if grant.role in RANK]
    mine = min(((len(grant.path), -RANK[grant.role]) for grant in own), default=(10_000, 0))
    chain = people.ancestors(person.path)
    lengths = {far: len("/" + "/".join(str(id) for id in reversed(chain[far:])) + "/") for far in range(len(chain))}
    for role in ORDER:
        found = [
            (one, far)
            for one, far in held[role]
            if one.id != person.id and (lengths[far], -RANK[role]) < mine and _reached(session, one, now)
        ]
        if found:
            nearest = min(far for _, far in found)
            return sorted((one for one, far in found if far == nearest), key=lambda one: one.id)
    return []


def _reached(session: Session, one: Person, now: datetime) -> bool:
    """Somebody who is away, or whom no message reaches, is passed over."""
    return people.reachable_chat(session, one.id) is not None and people.deputy(session, one.id, now) is None
