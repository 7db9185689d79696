"""Somebody has left: what they answered for goes to whoever takes over from them, else to who leads there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.people.company import leaders, successor
from bot.risks.tables import RiskControlRow, RiskRow

MOST = 2000


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft. Looks that were asked of them are asked anew."""
    leaver = payload["person"]
    if leaver is None:
        return
    heir = successor(session, leaver)
    heirs: dict[str, int | None] = {}
    mine = (
        select(RiskControlRow.id, RiskRow.path)
        .join(RiskRow, RiskRow.id == RiskControlRow.risk_id)
        .where(RiskControlRow.owner_id == leaver)
    )
    for id, path in session.execute(mine.limit(MOST)).all():
        session.execute(
            update(RiskControlRow)
            .where(RiskControlRow.id == id, RiskControlRow.owner_id == leaver)
            .values(owner_id=heir or _leader(session, path, leaver, heirs, now), asked_at=None)
        )
    for id, path in session.execute(
        select(RiskRow.id, RiskRow.path).where(RiskRow.owner_id == leaver).limit(MOST)
    ).all():
        owner = heir or _leader(session, path, leaver, heirs, now)
        session.execute(update(RiskRow).where(RiskRow.id == id, RiskRow.owner_id == leaver).values(owner_id=owner))


def _leader(session: Session, path: str, leaver: int, known: dict[str, int | None], now: datetime) -> int | None:
    if path not in known:
        found = leaders(session, path, now, besides=leaver)
        known[path] = found[0].id if found else None
    return known[path]
