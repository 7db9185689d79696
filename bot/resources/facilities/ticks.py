"""What falls due: facilities to look at, and those that nobody looked at in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.people.company import leaders, successor
from bot.resources.facilities import actions, store
from bot.resources.facilities.tables import FacilityRow

SLICE = 20
MOST = 500


def look_ahead(session: Session, now: datetime) -> bool:
    """Reminds whoever sees to a facility some days ahead; once its day is over, tells who leads there."""
    soon = store.to_remind(session, now.date(), SLICE)
    for each in soon:
        actions.remind(session, each, now)
    late = store.to_escalate(session, now.date(), SLICE)
    for each in late:
        actions.escalate(session, each, now)
    return len(soon) == SLICE or len(late) == SLICE


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: what they saw to goes to whoever takes over from them, else to who leads there."""
    leaver = payload["person"]
    if leaver is None:
        return
    heir = successor(session, leaver)
    theirs = select(FacilityRow.id, FacilityRow.path).where(store.THERE, FacilityRow.owner_id == leaver).limit(MOST)
    for id, path in session.execute(theirs).all():
        owner = heir or next((each.id for each in leaders(session, path, now, besides=leaver)), None)
        if owner is not None:
            values = {"owner_id": owner, "reminded_for": None}
            session.execute(
                update(FacilityRow).where(FacilityRow.id == id, FacilityRow.owner_id == leaver).values(**values)
            )


TICKS = (Tick("resources.facilities.look_ahead", look_ahead, 600),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "resources.facilities", pass_on),)
