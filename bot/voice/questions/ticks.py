"""Questions whose reminder or deadline has come; and who is asked where somebody has left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.voice.questions import actions, store

SLICE = 20


def chase(session: Session, now: datetime) -> bool:
    """Reminds, escalates, and brings up again what nobody has answered."""
    found = store.due(session, now, SLICE)
    for row in found:
        actions.chase(session, row, now)
    return len(found) == SLICE


def on_left(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """What lay before somebody who has left finds others."""
    actions.ask_again(session, now)


TICKS = (Tick("voice.questions.chase", chase, 60),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "voice.questions", on_left),)
