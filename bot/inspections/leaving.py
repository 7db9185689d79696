"""Somebody has left: what they had to inspect goes to whoever takes over from them, else to who leads there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.inspections.model import State
from bot.inspections.store import OPEN
from bot.inspections.tables import InspectionRow
from bot.people.company import leaders, successor


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft. What was begun begins anew at its item, and is asked for anew."""
    leaver = payload["person"]
    if leaver is None:
        return
    heir = successor(session, leaver)
    mine = select(InspectionRow).where(InspectionRow.person_id == leaver, OPEN)
    for row in session.scalars(mine).all():
        there = leaders(session, row.path, now, besides=leaver)
        to = heir or (there[0].id if there else None)
        if to is not None:
            which = (InspectionRow.id == row.id, InspectionRow.person_id == leaver)
            new = {"person_id": to, "asked_at": None, "state": State.DUE.value}
            session.execute(update(InspectionRow).where(*which).values(**new))
