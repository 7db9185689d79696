"""Questions about health checks. Leaders see who is overdue, and nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people.model import Person
from bot.people.store import as_person, people_on
from bot.people.tables import PersonRow, UnitRow
from bot.resources.health import rules
from bot.resources.health.model import Checkup
from bot.resources.health.tables import CheckupRow

OPEN = CheckupRow.ended_at.is_(None)


def as_checkup(row: CheckupRow) -> Checkup:
    """A row as a value."""
    return Checkup(row.id, row.person_id, row.every_months, row.due_on, row.done_on)


def checkup(session: Session, id: int) -> Checkup | None:
    """A health check by its number; None where none is due any more."""
    row = session.get(CheckupRow, id, populate_existing=True)
    return as_checkup(row) if row is not None and row.ended_at is None else None


def of(session: Session, person: int) -> Checkup | None:
    """Somebody's own."""
    row = session.scalar(_of, {"person": person})
    return as_checkup(row) if row is not None else None


_of = select(CheckupRow).where(OPEN, CheckupRow.person_id == bindparam("person"))


def under(
    session: Session, paths: Sequence[str], now: datetime, most: int, before: date
) -> list[tuple[Person, Checkup]]:
    """Who under some paths has one due before a day, the longest overdue first."""
    query = (
        people_on.join(CheckupRow, CheckupRow.person_id == PersonRow.id)
        .add_columns(CheckupRow)
        .where(OPEN, CheckupRow.due_on < before, PersonRow.left_on.is_(None), speaking.under(UnitRow.path, paths))
        .order_by(CheckupRow.due_on, CheckupRow.id)
        .limit(most)
    )
    return [(as_person(row), as_checkup(row[-1])) for row in session.execute(query, {"on": now.date()})]


def counts(session: Session, paths: Sequence[str], now: datetime) -> tuple[int, int]:
    """For how many people under some paths one is planned, and for how many it is overdue."""
    query = (
        people_on.join(CheckupRow, CheckupRow.person_id == PersonRow.id)
        .where(OPEN, PersonRow.left_on.is_(None), speaking.under(UnitRow.path, paths))
        .with_only_columns(
            func.count(), func.count().filter(CheckupRow.due_on < now.date()), maintain_column_froms=True
        )
    )
    planned, late = session.execute(query, {"on": now.date()}).one()
    return planned, late


def to_remind(session: Session, today: date, most: int) -> list[Checkup]:
    """What is due within a month and its person was not told."""
    told = CheckupRow.reminded_for
    query = select(CheckupRow).where(
        OPEN, CheckupRow.due_on <= today + rules.AHEAD, told.is_distinct_from(CheckupRow.due_on)
    )
    return [as_checkup(row) for row in session.scalars(query.order_by(CheckupRow.id).limit(most))]


def to_escalate(session: Session, today: date, most: int) -> list[Checkup]:
    """What is overdue and no leader was told."""
    told = CheckupRow.escalated_for
    query = select(CheckupRow).where(OPEN, CheckupRow.due_on < today, told.is_distinct_from(CheckupRow.due_on))
    return [as_checkup(row) for row in session.scalars(query.order_by(CheckupRow.id).limit(most))]
