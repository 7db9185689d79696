"""Reading honours and bulletins, and adding up a month."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.people import store as people
from bot.people.model import Unit
from bot.rewards.bulletin import rules
from bot.rewards.bulletin.model import Bulletin, Consent, Honour
from bot.rewards.bulletin.tables import BulletinRow, HonourRow
from bot.rewards.model import AppealState, Kind
from bot.rewards.shop.model import State
from bot.rewards.shop.tables import RedemptionRow
from bot.rewards.tables import PointAppealRow, PointRow


def as_honour(row: HonourRow) -> Honour:
    """A row as a value."""
    return Honour(row.id, row.person_id, row.path, row.month, row.words, row.by_id, Consent(row.consent))


def as_bulletin(row: BulletinRow) -> Bulletin:
    """A row as a value."""
    return Bulletin(row.id, row.unit_id, row.path, row.month, dict(row.figures), row.by_id, row.published_at)


def honour(session: Session, id: int) -> Honour | None:
    """An honour by its number."""
    row = session.get(HonourRow, id, populate_existing=True)
    return as_honour(row) if row else None


def honours(session: Session, path: str, month: str) -> list[Honour]:
    """The honours of a unit's month."""
    query = select(HonourRow).where(HonourRow.path.startswith(path, autoescape=True), HonourRow.month == month)
    return [
        as_honour(row)
        for row in session.scalars(query.order_by(HonourRow.id).execution_options(populate_existing=True))
    ]


def honours_of(session: Session, person: int, most: int = 5) -> list[Honour]:
    """Somebody's own, the newest first."""
    query = select(HonourRow).where(HonourRow.person_id == person).order_by(HonourRow.id.desc()).limit(most)
    return [as_honour(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def unanswered(session: Session, person: int) -> list[Honour]:
    """Honours about which somebody has not said whether their name may be shown."""
    return [as_honour(row) for row in session.scalars(_unanswered, {"person": person})]


_unanswered = (
    select(HonourRow)
    .where(HonourRow.person_id == bindparam("person"), HonourRow.consent == Consent.ASKED.value)
    .order_by(HonourRow.id)
)


def bulletin(session: Session, id: int) -> Bulletin | None:
    """A bulletin by its number."""
    row = session.get(BulletinRow, id)
    return as_bulletin(row) if row else None


def bulletins(session: Session, path: str, most: int = 6) -> list[Bulletin]:
    """What was published for somebody of a unit, the newest first."""
    query = select(BulletinRow).where(BulletinRow.unit_id.in_(people.ancestors(path)))
    found = session.scalars(query.order_by(BulletinRow.month.desc(), func.length(BulletinRow.path).desc()).limit(most))
    return [as_bulletin(row) for row in found]


def month(session: Session, unit: Unit, month: str) -> dict[str, Any]:
    """A unit's month in figures: what was done by rule, rewards, appeals. What was taken back does not count."""
    first, after = rules.bounds(month)
    back = aliased(PointRow)
    query = (
        select(PointRow.rule, func.count(), func.count(PointRow.person_id.distinct()))
        .outerjoin(back, back.reverses_id == PointRow.id)
        .where(
            PointRow.kind == Kind.EARNED.value, back.id.is_(None), PointRow.on_date >= first, PointRow.on_date < after,
            PointRow.path.startswith(unit.path, autoescape=True),
        )
        .group_by(PointRow.rule).order_by(PointRow.rule)
    )  # fmt: skip
    lines = rules.figures((str(rule), count, persons) for rule, count, persons in session.execute(query))
    starts, ends = datetime.combine(first, time(), UTC), datetime.combine(after, time(), UTC)
    approved = select(func.count()).where(
        RedemptionRow.state == State.APPROVED.value, RedemptionRow.decided_at >= starts, RedemptionRow.decided_at < ends,
        RedemptionRow.path.startswith(unit.path, autoescape=True),
    )  # fmt: skip
    appeals = (
        select(PointAppealRow.state, func.count())
        .where(
            PointAppealRow.decided_at >= starts, PointAppealRow.decided_at < ends,
            PointAppealRow.path.startswith(unit.path, autoescape=True),
            or_(*(PointAppealRow.state == each.value for each in (AppealState.GRANTED, AppealState.REFUSED))),
        )
        .group_by(PointAppealRow.state)
    )  # fmt: skip
    decided = {row[0]: int(row[1]) for row in session.execute(appeals)}
    return {
        "lines": lines, "rewards": session.scalar(approved) or 0, "granted": decided.get(AppealState.GRANTED.value, 0),
        "refused": decided.get(AppealState.REFUSED.value, 0),
    }  # fmt: skip
