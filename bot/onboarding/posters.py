"""Posters that hang, and taking one down: what it still opened is closed with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.errors import Refused
from bot.people import store as people
from bot.people.model import Role, Unit
from bot.people.tables import JoinRequestRow, PosterRow, UnitRow

MOST = 20


@dataclass(frozen=True)
class Hanging:
    """A poster that opens a door: its number is in the name of its file."""

    id: int
    unit: Unit
    made_at: datetime


def hanging(session: Session, by: int, now: datetime) -> list[Hanging]:
    """The posters of the units that somebody leads, newest first."""
    me = people.viewer(session, by, now)
    query = (
        select(PosterRow, UnitRow)
        .join(UnitRow, UnitRow.id == PosterRow.unit_id)
        .where(PosterRow.closed_at.is_(None))
        .order_by(PosterRow.id.desc())
    )
    found = [Hanging(row.id, people.as_unit(unit), row.created_at) for row, unit in session.execute(query)]
    return [each for each in found if me is not None and me.holds(Role.SUPERVISOR, each.unit.path)]


def take_down(session: Session, by: int, id: int, now: datetime) -> Hanging:
    """From now on a poster opens nothing, also not for those who scanned it and have not said who they are yet.

    Whoever has said so waits for their supervisor, who decides as before. Raises Refused: not theirs, or down already.
    """
    found = next((each for each in hanging(session, by, now) if each.id == id), None)
    mine = (PosterRow.id == id, PosterRow.closed_at.is_(None))
    if found is None or not changed(session, update(PosterRow).where(*mine).values(closed_at=now)):
        raise Refused("onboarding.no_such_poster")
    session.execute(
        update(JoinRequestRow)
        .where(JoinRequestRow.poster_id == id, JoinRequestRow.state.in_(("asking", "unknown")))
        .values(state="replaced")
    )
    return found
