"""Questions about safety facilities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.resources.facilities import rules
from bot.resources.facilities.model import Facility, Kind
from bot.resources.facilities.tables import FacilityRow

THERE = FacilityRow.retired_at.is_(None)


def facility(session: Session, id: int) -> Facility | None:
    """A facility by its number; None where it is there no more."""
    row = session.get(FacilityRow, id, populate_existing=True)
    return as_facility(row) if row is not None and row.retired_at is None else None


def as_facility(row: FacilityRow) -> Facility:
    """A row as a value."""
    return Facility(row.id, row.unit_id, row.path, Kind(row.kind), row.words, row.every_days, row.due_on, row.owner_id)


def seen_by(session: Session, person: int, paths: Sequence[str], most: int) -> list[Facility]:
    """One's own facilities and those of the units that one leads, what is due first at the top."""
    mine = or_(_own, speaking.under(FacilityRow.path, paths))
    rows = session.scalars(_first_due.where(mine), {"person": person, "most": most})
    return [as_facility(row) for row in rows]


_own = FacilityRow.owner_id == bindparam("person")
_first_due = (
    select(FacilityRow)
    .where(THERE)
    .order_by(FacilityRow.due_on, FacilityRow.id)
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


def to_remind(session: Session, today: date, most: int) -> list[Facility]:
    """What is due within days and whose owner was not told."""
    told = FacilityRow.reminded_for
    query = select(FacilityRow).where(
        THERE, FacilityRow.due_on <= today + rules.AHEAD, told.is_distinct_from(FacilityRow.due_on)
    )
    return [as_facility(row) for row in session.scalars(query.order_by(FacilityRow.id).limit(most))]


def to_escalate(session: Session, today: date, most: int) -> list[Facility]:
    """What nobody looked at in time and no leader was told of."""
    told = FacilityRow.escalated_for
    query = select(FacilityRow).where(THERE, FacilityRow.due_on < today, told.is_distinct_from(FacilityRow.due_on))
    return [as_facility(row) for row in session.scalars(query.order_by(FacilityRow.id).limit(most))]
