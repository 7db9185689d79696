"""Reading the catalogue and the wishes. Scope is in the query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.people import store as people
from bot.people.model import Viewer
from bot.rewards.shop import rules
from bot.rewards.shop.model import Redemption, Reward, State
from bot.rewards.shop.tables import RedemptionRow, RewardRow

OPEN = RewardRow.closed_at.is_(None)
WAITS = RedemptionRow.state == State.ASKED.value


def as_reward(row: RewardRow) -> Reward:
    """A row as a value."""
    return Reward(row.id, row.code, row.unit_id, row.path, dict(row.names), row.cost, row.stock)


def as_redemption(row: RedemptionRow) -> Redemption:
    """A row as a value."""
    return Redemption(
        row.id, row.reward_id, row.person_id, row.path, row.cost, State(row.state), row.held_id, row.asked_at,
        row.decided_by, row.reason,
    )  # fmt: skip


def reward(session: Session, id: int) -> Reward | None:
    """A reward by its number, also one that was taken off."""
    row = session.get(RewardRow, id, populate_existing=True)
    return as_reward(row) if row else None


def catalogue(session: Session, path: str) -> list[Reward]:
    """What somebody of a unit may choose from: the cheapest first."""
    query = select(RewardRow).where(OPEN, RewardRow.unit_id.in_(people.ancestors(path)))
    rows = session.scalars(query.order_by(RewardRow.cost, RewardRow.id).execution_options(populate_existing=True))
    return [as_reward(row) for row in rows]


def kept_by(session: Session, viewer: Viewer) -> list[Reward]:
    """The rewards of the units that somebody looks after."""
    query = select(RewardRow).where(OPEN).order_by(RewardRow.path, RewardRow.cost, RewardRow.id)
    found = map(as_reward, session.scalars(query.execution_options(populate_existing=True)))
    return [each for each in found if rules.may_keep(each, viewer)]


def redemption(session: Session, id: int) -> Redemption | None:
    """A wish by its number."""
    row = session.get(RedemptionRow, id, populate_existing=True)
    return as_redemption(row) if row else None


def redemptions_of(session: Session, person: int, most: int = 5) -> list[Redemption]:
    """What somebody asked for, the newest first."""
    query = select(RedemptionRow).where(RedemptionRow.person_id == person).order_by(RedemptionRow.id.desc()).limit(most)
    return [as_redemption(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def waiting(session: Session, viewer: Viewer, most: int = 20) -> list[Redemption]:
    """Wishes that somebody may answer, the oldest first."""
    paths = viewer.paths(rules.APPROVER)
    if not paths:
        return []
    here = or_(*(RedemptionRow.path.startswith(path, autoescape=True) for path in paths))
    rows = session.scalars(_waiting.where(here), {"person": viewer.person, "most": most})
    return [as_redemption(row) for row in rows]


_waiting = (
    select(RedemptionRow)
    .where(WAITS, RedemptionRow.person_id != bindparam("person"))
    .order_by(RedemptionRow.asked_at)
    .limit(bindparam("most"))
)


def unanswered(session: Session, before: datetime, most: int) -> Sequence[RedemptionRow]:
    """Wishes asked before an instant that nobody has answered or been pressed about."""
    query = select(RedemptionRow).where(WAITS, RedemptionRow.asked_at <= before, RedemptionRow.pressed_at.is_(None))
    return session.scalars(query.order_by(RedemptionRow.asked_at).limit(most)).all()
