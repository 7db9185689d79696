"""Reading pictures on their way to questions. Whose they are to decide about is part of each query."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import Session

from bot.library.spotting.model import Spot, State
from bot.library.spotting.tables import SpotPictureRow, SpotRow
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

UNDECIDED = (State.OPEN.value, State.SURE.value)


def as_spot(row: SpotRow) -> Spot:
    """A row as a Spot."""
    return Spot(
        row.id, row.unit_id, row.path, row.topic, State(row.state), row.version, tuple(row.pictures), row.faces, row.chosen,
        tuple(row.covers), row.shown, row.grid, tuple(row.marks), row.sure_by, row.touched_at,
    )  # fmt: skip


def spot(session: Session, id: int) -> Spot | None:
    """A picture by its number; for the program's own work."""
    row = session.get(SpotRow, id, populate_existing=True)
    return as_spot(row) if row else None


def mine(session: Session, id: int, person: int, now: datetime) -> Spot | None:
    """A picture that somebody may decide about: a trainer of the unit that it is from, or of one above it."""
    query = select(SpotRow).where(SpotRow.id == id, _taught_by(session, person, now))
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_spot(row) if row else None


def undecided(session: Session, person: int, now: datetime, most: int = 8) -> list[Spot]:
    """What waits for somebody, the oldest first."""
    query = select(SpotRow).where(SpotRow.state.in_(UNDECIDED), _taught_by(session, person, now))
    rows = session.scalars(query.order_by(SpotRow.id).limit(most).execution_options(populate_existing=True))
    return [as_spot(row) for row in rows]


def count(session: Session, person: int, now: datetime) -> int:
    """How many wait for somebody."""
    return session.scalar(_undecided.where(_taught_by(session, person, now))) or 0


_undecided = select(func.count()).select_from(SpotRow).where(SpotRow.state.in_(UNDECIDED))


def _taught_by(session: Session, person: int, now: datetime) -> ColumnElement[bool]:
    viewer = people.viewer(session, person, now)
    paths = viewer.paths(Role.TRAINER) if viewer else ()
    return or_(false(), *(SpotRow.path.startswith(path) for path in paths))


def trainer(session: Session, path: str, now: datetime) -> Person | None:
    """The nearest trainer of a unit whom a message can reach."""
    held = sorted(
        oncall.holders(session, [Role.TRAINER], path, now)[Role.TRAINER], key=lambda each: (each[1], each[0].id)
    )
    able = (who for who, _ in held if who.left_on is None and who.unreachable_at is None)
    return next((who for who in able if people.reachable_chat(session, who.id) is not None), None)


def unsure(session: Session, pictures: Collection[str]) -> list[str]:
    """Those of these pictures that were made here, and of which nobody has said that nobody can be recognised."""
    sure = exists().where(
        SpotRow.id == SpotPictureRow.spot_id, SpotRow.shown == SpotPictureRow.ref, SpotRow.sure_by.is_not(None)
    )
    made = select(SpotPictureRow.ref, sure.label("sure")).where(SpotPictureRow.ref.in_(list(pictures)))
    found = session.execute(made).all()
    return sorted({row.ref for row in found} - {row.ref for row in found if row.sure})
