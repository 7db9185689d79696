"""Somebody no longer works here: what they had to fix or took care of passes to whoever takes over from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.hazards import correcting, store, telling
from bot.hazards.model import ASSIGNED, Hazard, State
from bot.hazards.moves import note, of
from bot.hazards.respond import give_task
from bot.hazards.tables import HazardRow
from bot.kit.risk import Severity
from bot.people import company as people


def pass_on(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft. What they took care of becomes their successor's to fix, so that it has an owner and a day.

    Where nobody takes over, it falls due as it does for anybody, and then the supervisors hear of it. What they were to
    read of goes to others with the next digest.
    """
    leaver = payload["person"]
    heir = people.successor(session, leaver) if leaver is not None else None
    if heir is None:
        return
    for before in store.tasks_of(session, leaver):
        mine = (HazardRow.state == State.ASSIGNED.value, HazardRow.assigned_to == leaver)
        _give(session, before, heir, mine, {"assigned_at": now, "reminded_at": None}, now)
    for before in store.taken_by(session, leaver):
        mine = (HazardRow.state == State.ACKNOWLEDGED.value, HazardRow.acknowledged_by == leaver)
        due = now + correcting.limit(session, before, before.severity or Severity.MEDIUM)
        fresh = {"state": State.ASSIGNED.value, "assigned_at": now, "due_at": due, "reminded_at": None}
        _give(session, before, heir, mine, fresh, now)


def _give(
    session: Session, before: Hazard, heir: int, mine: tuple[Any, ...], values: dict[str, Any], now: datetime
) -> None:
    change = update(HazardRow).where(HazardRow.id == before.id, *mine).values(assigned_to=heir, **values)
    if changed(session, change) != 1:
        return
    hazard = of(session, before.id)
    severity = int(hazard.severity) if hazard.severity else None
    note(session, ASSIGNED, hazard, now, heir, severity=severity, nth=f"{heir}:{now.isoformat()}")
    give_task(session, hazard, now)
    telling.refresh(session, hazard, now)
