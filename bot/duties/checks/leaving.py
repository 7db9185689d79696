"""Somebody has left: what was to be looked at of them is not, and what they were to look at goes to whoever is above now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.duties.above import above
from bot.duties.checks.model import State
from bot.duties.checks.tables import DutyCheckRow
from bot.people import store as people

DRAWN = DutyCheckRow.state == State.DRAWN.value


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft."""
    leaver = payload["person"]
    if leaver is None:
        return
    session.execute(delete(DutyCheckRow).where(DRAWN, DutyCheckRow.person_id == leaver))
    for row in session.scalars(select(DutyCheckRow).where(DRAWN, DutyCheckRow.checker_id == leaver)).all():
        who = people.person(session, row.person_id, now)
        over = [each.id for each in above(session, who, now) if each.id != leaver] if who is not None else []
        mine = (DutyCheckRow.id == row.id, DRAWN)
        if over:
            session.execute(update(DutyCheckRow).where(*mine).values(checker_id=over[0], asked_at=None))
        else:
            session.execute(delete(DutyCheckRow).where(*mine))
