"""Questions about looks at duties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.duties import store as duties
from bot.duties.checks.model import Candidate, Check, Outcome, State
from bot.duties.checks.rules import LOOK_BACK, REST
from bot.duties.checks.tables import DutyCheckRow
from bot.duties.model import Duty, DutyList
from bot.people.model import Person


def as_check(row: DutyCheckRow) -> Check:
    """A row as a Check."""
    return Check(
        row.id, row.person_id, row.checker_id, row.unit_id, row.list_id, row.duty, row.round, State(row.state), row.due_at,
        Outcome(row.outcome) if row.outcome else None, row.note or "", row.reply or "", row.media or "",
    )  # fmt: skip


def check(session: Session, id: int) -> Check | None:
    """A look by its number."""
    row = session.get(DutyCheckRow, id, populate_existing=True)
    return as_check(row) if row else None


def open_for(session: Session, checker: int) -> list[Check]:
    """What somebody is to look at now."""
    query = select(DutyCheckRow).where(DutyCheckRow.checker_id == checker, DutyCheckRow.state == State.DRAWN.value)
    return [as_check(row) for row in session.scalars(query.order_by(DutyCheckRow.id))]


def candidate(session: Session, who: Person, found: DutyList, round: str, now: datetime) -> Candidate:
    """Somebody who can be drawn, with what was looked at in the year before a round: so the draw can be done again."""
    mine = select(DutyCheckRow.duty, DutyCheckRow.state, DutyCheckRow.drawn_at).where(
        DutyCheckRow.person_id == who.id, DutyCheckRow.round != round, DutyCheckRow.drawn_at > now - LOOK_BACK
    )
    rows = session.execute(mine).all()
    seen = Counter(row.duty for row in rows if row.state != State.MISSED.value)
    rested = all(row.drawn_at <= now - REST for row in rows)
    return Candidate(who.id, seen.total(), tuple((duty.code, seen[duty.code]) for duty in found.duties), rested)


def drawn(session: Session, unit: int, round: str) -> bool:
    """Whether the draw of a round was done in a unit."""
    query = select(DutyCheckRow.id).where(DutyCheckRow.unit_id == unit, DutyCheckRow.round == round)
    return session.scalar(query.limit(1)) is not None


def duty(session: Session, found: Check) -> Duty | None:
    """The duty that is looked at, in the version that was given."""
    kept = duties.one(session, found.list)
    return next((each for each in kept.duties if each.code == found.duty), None) if kept else None


def under(session: Session, paths: Sequence[str], since: datetime, most: int = 100) -> list[DutyCheckRow]:
    """The newest looks under some paths."""
    query: Any = select(DutyCheckRow).where(duties.under(DutyCheckRow.path, paths), DutyCheckRow.drawn_at > since)
    return list(session.scalars(query.order_by(DutyCheckRow.id.desc()).limit(most)))
