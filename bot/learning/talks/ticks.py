"""Talks that were left open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.learning.talks import actions, store

SLICE = 1
"""One talk a step: a large crew's facts are written with it."""


def close_forgotten(session: Session, now: datetime) -> bool:
    """A talk that nobody closed closes after some hours, and counts to its last tap."""
    found = store.forgotten(session, now, SLICE)
    for talk in found:
        actions.close_forgotten(session, talk, now)
    return len(found) == SLICE


TICKS = (Tick("learning.talks.close_forgotten", close_forgotten, seconds=60),)
