"""Somebody has left: their goals go to whoever takes over from them, else to who leads there. No goal is left without an owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.duties.goals import store
from bot.duties.goals.model import HANDED
from bot.duties.goals.tables import GoalHandoverRow, SafetyGoalRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.company import leaders, successor

MOST = 500


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft. Handovers that they were a side of are over."""
    leaver = payload["person"]
    if leaver is None:
        return
    theirs = or_(GoalHandoverRow.from_id == leaver, GoalHandoverRow.to_id == leaver)
    over = update(GoalHandoverRow).where(GoalHandoverRow.state == "asked", theirs)
    session.execute(over.values(state="refused", open_goal=None, settled_at=now))
    heir = successor(session, leaver)
    mine = select(SafetyGoalRow.id, SafetyGoalRow.path).where(store.OPEN, SafetyGoalRow.owner_id == leaver)
    for id, path in session.execute(mine.limit(MOST)).all():
        owner = heir or next((each.id for each in leaders(session, path, now, besides=leaver)), None)
        which = (SafetyGoalRow.id == id, SafetyGoalRow.owner_id == leaver, store.OPEN)
        if owner is not None and changed(session, update(SafetyGoalRow).where(*which).values(owner_id=owner)) == 1:
            body = {"goal": id, "handover": None}
            record(session, Fact(HANDED, f"goal:{id}:left:{leaver}", now, owner, body=body), now)
