"""Reading penalties. Whom they concern is in the query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.people.model import Viewer
from bot.rewards.penalties import rules
from bot.rewards.penalties.model import Penalty, State
from bot.rewards.penalties.tables import PenaltyRow

OPEN = PenaltyRow.state == State.OPEN.value


def as_penalty(row: PenaltyRow) -> Penalty:
    """A row as a value."""
    return Penalty(
        row.id, row.person_id, row.unit_id, row.path, row.points, row.words, row.by_id, row.asked_at, row.reply_by,
        row.reply, row.replied_at, State(row.state), row.decided_by, row.decided_at, row.reason, row.row_id,
    )  # fmt: skip


def penalty(session: Session, id: int) -> Penalty | None:
    """A penalty by its number."""
    row = session.get(PenaltyRow, id, populate_existing=True)
    return as_penalty(row) if row else None


def concerning(session: Session, viewer: Viewer, most: int = 10) -> list[Penalty]:
    """Those that somebody may see, the newest first."""
    here = [PenaltyRow.path.startswith(path, autoescape=True) for path in viewer.paths(rules.DECIDER)]
    mine = or_(PenaltyRow.person_id == viewer.person, PenaltyRow.by_id == viewer.person, *here)
    query = select(PenaltyRow).where(mine).order_by(PenaltyRow.id.desc()).limit(most)
    return [as_penalty(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def waiting(session: Session, viewer: Viewer, now: datetime) -> list[Penalty]:
    """What waits for somebody: their answer, or their decision."""
    here = [PenaltyRow.path.startswith(path, autoescape=True) for path in viewer.paths(rules.DECIDER)]
    found = [as_penalty(row) for row in session.scalars(_open.where(or_(_own, *here)), {"person": viewer.person})]
    return [
        each for each in found
        if (each.person == viewer.person and each.replied_at is None) or rules.may_decide(each, viewer, now)
    ]  # fmt: skip


_open = select(PenaltyRow).where(OPEN).order_by(PenaltyRow.id).limit(200)
_own = PenaltyRow.person_id == bindparam("person")


def ripe(session: Session, now: datetime, most: int) -> list[Penalty]:
    """Whose time to answer is over and about which nobody was told yet."""
    query = select(PenaltyRow).where(OPEN, PenaltyRow.reply_by <= now, PenaltyRow.ripe_at.is_(None)).limit(most)
    return [as_penalty(row) for row in session.scalars(query)]


def overdue(session: Session, now: datetime, most: int) -> list[Penalty]:
    """About which nobody decided in time."""
    query = select(PenaltyRow).where(OPEN, PenaltyRow.reply_by <= now - rules.DECIDE).limit(most)
    return [as_penalty(row) for row in session.scalars(query)]
