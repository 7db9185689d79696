"""Telling owners what runs out and which plan nobody has gone through for a year; keeping pictures of routes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.emergencies import actions, store
from bot.emergencies.tables import EmergencyPlanRow
from bot.kit.room import Tick

SLICE = 20


def tell_owners(session: Session, now: datetime) -> bool:
    """Materials that run out within a month, then plans that are a year old; True while more is left."""
    materials = store.untold(session, now.date(), SLICE)
    for material, plan in materials:
        actions.tell_material(session, material, plan, now)
    plans = store.late(session, now, SLICE)
    for plan in plans:
        actions.tell_review(session, plan, now)
    return len(materials) == SLICE or len(plans) == SLICE


def route_kept(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: the copy of a picture takes the place of the channel's own id, which another bot could not use."""
    found, media = store.plan(session, payload["plan"]), payload.get("media")
    if found is None or not media or payload["ref"] not in found.routes:
        return
    routes = [media if ref == payload["ref"] else ref for ref in found.routes]
    session.execute(update(EmergencyPlanRow).where(EmergencyPlanRow.id == found.id).values(routes=routes))


TICKS = (Tick("emergencies.tell_owners", tell_owners, 600),)
JOBS = {actions.ROUTE_KEPT: route_kept}
