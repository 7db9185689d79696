"""Proposals whose members are silent, or whose day is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.voice.proposals import actions, store

SLICE = 20


def chase(session: Session, now: datetime) -> bool:
    """Asks silent members once more, then for the decision."""
    found = store.due(session, now, SLICE)
    for each in found:
        actions.chase(session, each, now)
    return len(found) == SLICE


TICKS = (Tick("voice.proposals.chase", chase, 60),)
