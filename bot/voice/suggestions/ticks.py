"""What is to be brought up, and what somebody who has left was to carry out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.voice.suggestions import actions, chasing, store

SLICE = 20


def chase(session: Session, now: datetime) -> bool:
    """Undecided, put off until today, due and overdue suggestions."""
    found = store.due(session, now, SLICE)
    for each in found:
        chasing.bring_up(session, each, now)
    return len(found) == SLICE


def on_left(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft."""
    if payload["person"] is not None:
        actions.pass_on(session, payload["person"], now)


TICKS = (Tick("voice.suggestions.chase", chase, 60),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "voice.suggestions", on_left),)
