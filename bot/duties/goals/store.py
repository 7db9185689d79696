"""Questions about goals. What somebody sees: those of the units they lead, and their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.duties import store as duties
from bot.duties.goals.model import Goal, State, Step
from bot.duties.goals.tables import GoalHandoverRow, GoalStepRow, SafetyGoalRow
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import people_on
from bot.people.tables import PersonRow, UnitRow

OPEN = SafetyGoalRow.state == State.OPEN.value


def as_goal(row: SafetyGoalRow) -> Goal:
    """A row as a Goal."""
    return Goal(
        row.id, row.unit_id, row.path, row.parent_id, row.owner_id, row.words, row.target, row.due_on, State(row.state)
    )


def goal(session: Session, id: int) -> Goal | None:
    """A goal by its number."""
    row = session.get(SafetyGoalRow, id, populate_existing=True)
    return as_goal(row) if row else None


def seen_by(session: Session, person: int, now: datetime, since: datetime | None = None) -> list[Goal]:
    """The goals of the units that somebody leads, and their own; those settled before an instant are left out."""
    mine = or_(speaking.under(SafetyGoalRow.path, duties.led(session, person, now)), _own)
    fresh = OPEN if since is None else or_(OPEN, SafetyGoalRow.settled_at > since)
    return [as_goal(row) for row in session.scalars(_widest_first.where(mine, fresh), {"person": person})]


_own = SafetyGoalRow.owner_id == bindparam("person")
_widest_first = (
    select(SafetyGoalRow)
    .order_by(func.length(SafetyGoalRow.path), SafetyGoalRow.id)
    .execution_options(populate_existing=True)
)


def steps(session: Session, goals: Sequence[int]) -> list[Step]:
    """All that was done of some goals."""
    query = select(GoalStepRow).where(GoalStepRow.goal_id.in_(goals))
    return [Step(row.goal_id, row.on_date, row.amount) for row in session.scalars(query)] if goals else []


def done(session: Session, goal: int) -> int:
    """The sum of what was done of a goal itself."""
    return session.scalar(select(func.sum(GoalStepRow.amount)).where(GoalStepRow.goal_id == goal)) or 0


def above(session: Session, path: str, most: int = 6) -> list[Goal]:
    """Open goals of a unit and of those above it: one of a unit below can come from them."""
    query = select(SafetyGoalRow).where(OPEN, SafetyGoalRow.unit_id.in_(people.ancestors(path)))
    found = session.scalars(query.order_by(func.length(SafetyGoalRow.path).desc(), SafetyGoalRow.id).limit(most))
    return [as_goal(row) for row in found]


def handover(session: Session, id: int) -> GoalHandoverRow | None:
    """A handover by its number."""
    return session.get(GoalHandoverRow, id, populate_existing=True)


def asked_of(session: Session, person: int) -> list[GoalHandoverRow]:
    """Handovers that wait for somebody's yes."""
    return list(session.scalars(_asked_of, {"person": person}))


_asked_of = (
    select(GoalHandoverRow)
    .where(
        GoalHandoverRow.state == "asked",
        or_(
            (GoalHandoverRow.to_id == bindparam("person")) & GoalHandoverRow.to_yes_at.is_(None),
            (GoalHandoverRow.from_id == bindparam("person")) & GoalHandoverRow.from_yes_at.is_(None),
        ),
    )
    .order_by(GoalHandoverRow.id)
    .execution_options(populate_existing=True)
)


def people_of(session: Session, path: str, now: datetime, most: int = 8) -> list[Person]:
    """People of a unit: those of the unit itself first, then of its parts."""
    query = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    found = session.execute(query.order_by(func.length(UnitRow.path), PersonRow.id).limit(most), {"on": now.date()})
    return [people.as_person(row) for row in found]


def owners(session: Session, after: int, most: int) -> list[int]:
    """Whoever owns an open goal or set one, by number after another: those who get the week's figures."""
    query = select(SafetyGoalRow.owner_id.label("id")).where(OPEN).union(select(SafetyGoalRow.set_by).where(OPEN))
    ids = query.subquery()
    return list(session.scalars(select(ids.c.id).where(ids.c.id > after).order_by(ids.c.id).limit(most)))
