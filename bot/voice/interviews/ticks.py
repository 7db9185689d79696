"""Interviews whose day has come, and those of which nobody has said what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.voice.interviews import actions, store

SLICE = 20


def bring_up(session: Session, now: datetime) -> bool:
    """Tells their lead."""
    found = store.due(session, now, SLICE)
    for each in found:
        actions.bring_up(session, each, now)
    return len(found) == SLICE


def on_left(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft."""
    if payload["person"] is not None:
        actions.pass_on(session, payload["person"], now)


TICKS = (Tick("voice.interviews.bring_up", bring_up, 60),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "voice.interviews", on_left),)
