"""Entries of the review. What somebody sees: those of the units they lead, and their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from bot.analysis.review.model import Item, Kind, Phase, State
from bot.analysis.review.tables import ReviewEventRow, ReviewItemRow
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.store import people_on
from bot.people.tables import PersonRow, UnitRow


def as_item(row: ReviewItemRow) -> Item:
    """A row as an Item."""
    return Item(
        row.id, row.unit_id, row.path, Kind(row.kind), Phase(row.phase), State(row.state), row.words, row.owner_id, row.due_on,
        row.opened_on, row.month_on, row.round,
    )  # fmt: skip


def item(session: Session, id: int) -> Item | None:
    """An entry by its number."""
    row = session.get(ReviewItemRow, id, populate_existing=True)
    return as_item(row) if row else None


def led(session: Session, person: int, now: datetime) -> tuple[str, ...]:
    """The units that somebody answers for."""
    viewer = people.viewer(session, person, now)
    return viewer.paths(Role.SUPERVISOR) if viewer else ()


def seen(session: Session, person: int, now: datetime) -> ColumnElement[bool]:
    """SQL: the entries that somebody may see."""
    under = [ReviewItemRow.path.startswith(path, autoescape=True) for path in led(session, person, now)]
    return or_(ReviewItemRow.owner_id == person, *under) if under else or_(ReviewItemRow.owner_id == person, false())


def may(session: Session, found: Item, person: int, now: datetime) -> bool:
    """Whether somebody may work on an entry: its owner, and whoever leads there."""
    return found.owner == person or any(found.path.startswith(path) for path in led(session, person, now))


def open_items(session: Session, person: int, now: datetime, most: int = 30) -> list[Item]:
    """The open entries that somebody may see, the first due first."""
    query = select(ReviewItemRow).where(seen(session, person, now), ReviewItemRow.state == State.OPEN.value)
    query = query.order_by(ReviewItemRow.due_on, ReviewItemRow.id).limit(most)
    return [as_item(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def of_month(session: Session, person: int, month: date, now: datetime) -> list[Item]:
    """The entries that stood in a month: added in it or before, and open at its beginning or ended in it or later."""
    query = select(ReviewItemRow).where(
        seen(session, person, now), ReviewItemRow.opened_on <= month, ReviewItemRow.month_on >= month
    )
    return [as_item(row) for row in session.scalars(query.order_by(ReviewItemRow.due_on, ReviewItemRow.id))]


def months(session: Session, person: int, now: datetime) -> tuple[date, date] | None:
    """The first and the last month with entries that somebody may see."""
    query = select(func.min(ReviewItemRow.opened_on), func.max(ReviewItemRow.month_on)).where(
        seen(session, person, now)
    )
    first, last = session.execute(query).one()
    return (first, last) if first is not None else None


def events(session: Session, ids: Sequence[int]) -> dict[int, list[ReviewEventRow]]:
    """The history of some entries, oldest first."""
    found: dict[int, list[ReviewEventRow]] = {id: [] for id in ids}
    query = select(ReviewEventRow).where(ReviewEventRow.item_id.in_(ids)).order_by(ReviewEventRow.id)
    for row in session.scalars(query) if ids else ():
        found[row.item_id].append(row)
    return found


def to_carry(session: Session, month: date, most: int) -> list[Item]:
    """Open entries that still stand in a month before."""
    query = select(ReviewItemRow).where(ReviewItemRow.state == State.OPEN.value, ReviewItemRow.month_on < month)
    return [as_item(row) for row in session.scalars(query.order_by(ReviewItemRow.id).limit(most))]


def units(session: Session, person: int, now: datetime) -> list[int]:
    """The units for which somebody may add an entry, from the widest down."""
    paths = led(session, person, now)
    return [unit.id for unit in people.units(session) if any(unit.path.startswith(path) for path in paths)]


def people_of(session: Session, path: str, now: datetime, most: int = 8) -> list[Person]:
    """People of a unit, its own first."""
    query = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    found = session.execute(query.order_by(func.length(UnitRow.path), PersonRow.id).limit(most), {"on": now.date()})
    return [people.as_person(row) for row in found]
