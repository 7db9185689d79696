"""Questions about staffing: what is required, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.people.store import people_on
from bot.people.tables import PersonRow, RoleGrantRow, UnitRow
from bot.resources.staffing import rules
from bot.resources.staffing.model import Kind, Requirement, Standing
from bot.resources.staffing.tables import NamedRow, StaffingRow

THERE = StaffingRow.retired_at.is_(None)
OPEN = NamedRow.ended_at.is_(None)


def as_requirement(row: StaffingRow) -> Requirement:
    """A row as a value."""
    return Requirement(
        row.id, row.unit_id, row.path, row.jurisdiction, Kind(row.kind), row.at_least, row.from_people, row.per, row.source
    )  # fmt: skip


def requirement(session: Session, id: int) -> Requirement | None:
    """A requirement by its number; None where it holds no more."""
    row = session.get(StaffingRow, id, populate_existing=True)
    return as_requirement(row) if row is not None and row.retired_at is None else None


def standing(session: Session, paths: Sequence[str], now: datetime, most: int = 100) -> list[Standing]:
    """What is required of some units and their parts, with who is there; the widest units first."""
    rows = session.scalars(_widest_first.where(speaking.under(StaffingRow.path, paths)), {"most": most})
    found = []
    for each in map(as_requirement, rows):
        unit = people.unit(session, each.unit)
        if unit is not None and rules.holds_in(each, unit.jurisdiction):
            count = headcount(session, each.path, now)
            found.append(Standing(each, count, rules.needed(each, count), there(session, each, now)))
    return found


_widest_first = (
    select(StaffingRow)
    .where(THERE)
    .order_by(func.length(StaffingRow.path), StaffingRow.path, StaffingRow.id)
    .limit(bindparam("most"))
)


def headcount(session: Session, path: str, now: datetime) -> int:
    """How many people work in a unit and its parts today."""
    query = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(counted, {"on": now.date()}) or 0


def there(session: Session, found: Requirement, now: datetime) -> int:
    """How many of those who are required there are: safety officers by their role, the others by name. Nobody counts twice."""
    if found.kind is Kind.SAFETY_OFFICER:
        query = (
            select(func.count(RoleGrantRow.person_id.distinct()))
            .join(UnitRow, UnitRow.id == RoleGrantRow.unit_id)
            .join(PersonRow, PersonRow.id == RoleGrantRow.person_id)
            .where(
                RoleGrantRow.role == Role.SAFETY_OFFICER.value, RoleGrantRow.starts_at <= now,
                or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now), PersonRow.left_on.is_(None),
                UnitRow.path.startswith(found.path, autoescape=True), RoleGrantRow.leave_id.is_(None),
            )
        )  # fmt: skip
        return session.scalar(query) or 0
    named = (
        select(func.count(NamedRow.person_id.distinct()))
        .join(PersonRow, PersonRow.id == NamedRow.person_id)
        .where(OPEN, PersonRow.left_on.is_(None), NamedRow.kind == found.kind.value)
        .where(NamedRow.path.startswith(found.path, autoescape=True))
    )
    return session.scalar(named) or 0


def named(session: Session, path: str, kind: Kind) -> list[tuple[int, str]]:
    """Who is named in a unit and its parts, by the number of the naming."""
    query = (
        select(NamedRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == NamedRow.person_id)
        .where(OPEN, PersonRow.left_on.is_(None), NamedRow.kind == kind.value)
        .where(NamedRow.path.startswith(path, autoescape=True))
    )
    return [(id, name) for id, name in session.execute(query.order_by(PersonRow.name))]


def taken_over(session: Session, key: str) -> bool:
    """Whether a requirement with that key was ever entered."""
    return session.scalar(select(StaffingRow.id).where(StaffingRow.key == key)) is not None
