"""Somebody no longer works here: what they had to fix passes to whoever takes over from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import cards, store, telling
from bot.hazards.model import ASSIGNED, State
from bot.hazards.moves import note
from bot.hazards.tables import HazardRow
from bot.kit.risk import cannot_wait
from bot.people import company


def pass_on(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft. Where nobody takes over, the overdue ladder finds the task as it finds any other."""
    leaver = payload["person"]
    heir = company.successor(session, leaver) if leaver is not None else None
    if heir is None:
        return
    for before in store.tasks_of(session, leaver):
        mine = (HazardRow.id == before.id, HazardRow.assigned_to == leaver, HazardRow.state == State.ASSIGNED.value)
        values = {"assigned_to": heir, "assigned_at": now, "reminded_at": None}
        if changed(session, update(HazardRow).where(*mine).values(**values)) != 1:
            continue
        hazard = store.hazard(session, before.id)
        if hazard is None:
            continue
        severity = int(hazard.severity) if hazard.severity else None
        note(session, ASSIGNED, hazard, now, heir, severity=severity, nth=f"{heir}:{now.isoformat()}")
        lane = Lane.ALERT if cannot_wait(hazard.severity) else Lane.REPLY
        key = f"hazard:{hazard.id}:task:{heir}:{now.isoformat()}"
        to, message = outbox.to_person(heir), cards.task(session, hazard, now)
        outbox.send(session, to, message, lane, now, key=key, on_failure="hazards.task_failed")
        telling.refresh(session, hazard, now)
