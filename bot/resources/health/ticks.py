"""What falls due: health checks ahead, and those that are overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.resources.health import actions, store
from bot.resources.health.tables import CheckupRow

SLICE = 20


def look_ahead(session: Session, now: datetime) -> bool:
    """Reminds people a month ahead; once the day is over, tells who leads them."""
    soon = store.to_remind(session, now.date(), SLICE)
    for each in soon:
        actions.remind(session, each, now)
    late = store.to_escalate(session, now.date(), SLICE)
    for each in late:
        actions.escalate(session, each, now)
    return len(soon) == SLICE or len(late) == SLICE


def forget(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: nothing is due any more, so nothing is kept."""
    session.execute(delete(CheckupRow).where(CheckupRow.person_id == payload["person"]))


TICKS = (Tick("resources.health.look_ahead", look_ahead, 600),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "resources.health", forget),)
