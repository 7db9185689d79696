"""Reading points. Whose rows somebody sees is in the query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.rewards.model import Appeal, AppealState, Kind, Row
from bot.rewards.tables import PointAppealRow, PointRow

HR = Role.HR
"""The least role that gives, takes back, approves and decides."""
DECIDERS = (Role.HR, Role.MANAGER, Role.ADMIN)
"""Who is named for a decision, in this order; among equals the nearest."""


def as_row(row: PointRow) -> Row:
    """A row as a value."""
    return Row(
        row.id, row.person_id, row.unit_id, row.path, row.amount, Kind(row.kind), row.rule, row.policy, row.fact,
        row.fact_key, row.refers, row.reverses_id, row.by_id, row.reason, row.on_date, row.at, row.appeal_by,
    )  # fmt: skip


def as_appeal(row: PointAppealRow) -> Appeal:
    """A row as a value."""
    return Appeal(
        row.id, row.point_id, row.person_id, row.path, row.words, row.asked_at, row.decider_id, row.due_at, row.level,
        tuple(row.tried), AppealState(row.state), row.decided_by, row.decided_at, row.reason,
    )  # fmt: skip


def row(session: Session, id: int) -> Row | None:
    """A row of points by its number."""
    found = session.get(PointRow, id)
    return as_row(found) if found else None


def balance(session: Session, person: int) -> int:
    """What somebody has."""
    return session.scalar(select(func.sum(PointRow.amount)).where(PointRow.person_id == person)) or 0


def rows_of(session: Session, person: int, most: int) -> list[Row]:
    """Somebody's newest rows."""
    query = select(PointRow).where(PointRow.person_id == person).order_by(PointRow.id.desc()).limit(most)
    return [as_row(each) for each in session.scalars(query)]


def counted(session: Session, person: int, rule: str, since: date, until: date) -> int:
    """How often a rule gave somebody points on the days since <= day <= until."""
    query = select(func.count()).where(
        PointRow.person_id == person, PointRow.rule == rule, PointRow.kind == Kind.EARNED.value,
        PointRow.on_date >= since, PointRow.on_date <= until,
    )  # fmt: skip
    return session.scalar(query) or 0


def reversal_of(session: Session, id: int) -> Row | None:
    """The row that took a row back."""
    found = session.scalar(select(PointRow).where(PointRow.reverses_id == id))
    return as_row(found) if found else None


def reversed_among(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of some rows that were taken back."""
    if not ids:
        return set()
    query = select(PointRow.reverses_id).where(PointRow.reverses_id.in_(ids))
    return {each for each in session.scalars(query) if each is not None}


def under(session: Session, paths: Sequence[str], most: int | None = None, since: date | None = None) -> list[Row]:
    """Rows of people of some units, the newest first."""
    if not paths:
        return []
    query = select(PointRow).where(or_(*(PointRow.path.startswith(path, autoescape=True) for path in paths)))
    query = query.where(PointRow.on_date >= since) if since else query
    return [as_row(each) for each in session.scalars(query.order_by(PointRow.id.desc()).limit(most))]


# --- appeals ----------------------------------------------------------------------------------------------------------


def appeal(session: Session, id: int) -> Appeal | None:
    """An appeal by its number."""
    found = session.get(PointAppealRow, id, populate_existing=True)
    return as_appeal(found) if found else None


def appeal_of(session: Session, row: int) -> Appeal | None:
    """The appeal about a row."""
    query = select(PointAppealRow).where(PointAppealRow.point_id == row).execution_options(populate_existing=True)
    found = session.scalar(query)
    return as_appeal(found) if found else None


def appeals_for(session: Session, decider: int) -> list[Appeal]:
    """Open appeals that somebody is named to decide, the most pressing first."""
    return [as_appeal(each) for each in session.scalars(_appeals_for, {"decider": decider})]


_appeals_for = (
    select(PointAppealRow)
    .where(PointAppealRow.decider_id == bindparam("decider"), PointAppealRow.state == AppealState.OPEN.value)
    .order_by(PointAppealRow.due_at, PointAppealRow.id)
)


def appeals_due(session: Session, now: datetime, most: int) -> list[Appeal]:
    """Open appeals whose time is over."""
    query = select(PointAppealRow).where(PointAppealRow.state == AppealState.OPEN.value, PointAppealRow.due_at <= now)
    found = session.scalars(query.order_by(PointAppealRow.due_at).limit(most).execution_options(populate_existing=True))
    return [as_appeal(each) for each in found]


def appeals_under(session: Session, paths: Sequence[str], most: int | None) -> list[Appeal]:
    """Appeals of people of some units, open ones first."""
    if not paths:
        return []
    query = select(PointAppealRow).where(or_(*(PointAppealRow.path.startswith(p, autoescape=True) for p in paths)))
    first = PointAppealRow.state != AppealState.OPEN.value
    return [
        as_appeal(each) for each in session.scalars(query.order_by(first, PointAppealRow.due_at.desc()).limit(most))
    ]


def able(session: Session, path: str, besides: Sequence[int | None], now: datetime) -> list[Person]:
    """Who can decide about points of a unit's people and be reached: human resources, then managers, then administrators."""
    there = oncall.over(session, DECIDERS, path, now)
    found: dict[int, Person] = {}
    for role in DECIDERS:
        for who in there.order([there.held[role]], now):
            if (
                who.id not in found
                and who.id not in besides
                and there.reaches(who)
                and decides(session, who.id, path, now)
            ):
                found[who.id] = who
    return list(found.values())


def decides(session: Session, person: int, path: str, now: datetime) -> bool:
    """Whether somebody may decide about points of a unit's people at all."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.holds(HR, path)


def may_see(row: Row, viewer: Viewer, decider: int | None = None) -> bool:
    """Whose row it is, human resources over them, and whoever is named to decide about it."""
    return viewer.person in (row.person, decider) or viewer.holds(HR, row.path)
